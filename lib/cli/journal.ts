import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { FoundFile } from './find-files.ts';
import { stateDirectory } from './state-directory.ts';

const Line = z.union([
  z.object({ file: z.string(), id: z.string(), isSent: z.boolean() }),
  z.object({ batchId: z.string() }),
]);

/** The last known state of a file. */
export interface JournalEntry {
  id: string;
  /** Whether its bytes are certainly in the store. If false, the upload had started when the command ended. */
  isSent: boolean;
}

/**
 * Records which files of a folder were uploaded, so that an interrupted command can continue. A line is added when the
 * upload of a file starts, and when it is complete. The outcome of a file always comes from the service, never from
 * here.
 *
 * The journal is in the user's state directory, because a CD can't be written to.
 * Only the user may read it, because file names may be names of patients.
 */
export class Journal {
  readonly path: string;
  readonly #files = new Map<string, JournalEntry>();
  #batchId: string | undefined;

  /** @param place identifies the journal: the service, the endpoint and the folder */
  constructor(place: readonly string[]) {
    const name = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 32);
    this.path = path.join(stateDirectory(), `${name}.jsonl`);
    // Starts a new line: a process that ended while writing left an incomplete one.
    appendFileSync(this.path, '\n', { mode: 0o600 });
    for (const line of readFileSync(this.path, 'utf8').split('\n')) this.#read(line);
  }

  /** The batch that was created for this folder. */
  get batchId(): string | undefined {
    return this.#batchId;
  }

  set batchId(batchId: string) {
    this.#batchId = batchId;
    this.#add({ batchId });
  }

  of(file: FoundFile): JournalEntry | undefined {
    return this.#files.get(keyOf(file));
  }

  add(file: FoundFile, entry: JournalEntry): void {
    this.#add({ file: keyOf(file), ...entry });
  }

  #add(line: z.infer<typeof Line>): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  #read(text: string): void {
    try {
      const line = Line.parse(JSON.parse(text));
      if ('batchId' in line) this.#batchId = line.batchId;
      else this.#files.set(line.file, line);
    } catch {
      // An incomplete or empty line.
    }
  }
}

/** A file whose size or modification time has changed counts as another file. */
const keyOf = ({ path, bytes, modifiedMs }: FoundFile) => `${path.toString('latin1')}|${bytes}|${modifiedMs}`;
