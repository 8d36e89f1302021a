import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { FoundFile } from './find-files.ts';

const Line = z.union([
  z.object({ file: z.string(), id: z.string(), isSent: z.boolean() }),
  z.object({ batchId: z.string() }),
]);

/** The last that is known of a file. */
export interface JournalEntry {
  id: string;
  /** Whether its bytes are in the store for sure; else they were on their way when the command ended. */
  isSent: boolean;
}

/**
 * What was sent from a folder to a place, so that an interrupted command goes on where it was. A line is added when a
 * file's bytes go, and when they are in the store; what became of them is never believed from here, but asked of the service.
 *
 * Beside the user's other state (XDG Base Directory Specification), for a CD can't be written to; for its user alone,
 * for names of files may be names of patients.
 */
export class Journal {
  readonly path: string;
  readonly #files = new Map<string, JournalEntry>();
  #batchId: string | undefined;

  /** @param place what makes it another journal: the service, the endpoint and the folder */
  constructor(place: readonly string[]) {
    const state = process.env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state');
    const name = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 32);
    this.path = path.join(state, 'negatoscope', `${name}.jsonl`);
    mkdirSync(path.dirname(this.path), { recursive: true, mode: 0o700 });
    // Begins anew: who died while writing left half a line.
    appendFileSync(this.path, '\n', { mode: 0o600 });
    for (const line of readFileSync(this.path, 'utf8').split('\n')) this.#read(line);
  }

  /** The batch that was made for this folder. */
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
      // Half a line, or none.
    }
  }
}

/** A file that has another length or time is another one. */
const keyOf = ({ path, bytes, modifiedMs }: FoundFile) => `${path.toString('latin1')}|${bytes}|${modifiedMs}`;
