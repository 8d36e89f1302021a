import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { syncFolder } from './sync-folder.ts';

/** A request for storage commitment (PS3.4 J.3.2) that is not answered yet. */
const CommitmentRequest = z.object({
  peer: z.string(),
  transaction: z.string(),
  instances: z.array(z.object({ sopClass: z.string(), sopInstance: z.string() })),
  /** Milliseconds since 1970. */
  receivedMs: z.number(),
});
export type CommitmentRequest = z.infer<typeof CommitmentRequest>;

/** The requests that are not answered yet, each in a file, so that they survive the end of the gateway. */
export class CommitmentRequests {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<CommitmentRequests> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new CommitmentRequests(folder);
  }

  /** Afterwards the request survives a loss of power. */
  async add(request: CommitmentRequest): Promise<void> {
    const final = path.join(this.#folder, `${request.receivedMs}-${randomUUID()}.json`);
    const draft = `${final}.part`;
    {
      await using file = await open(draft, 'wx', 0o600);
      await file.writeFile(JSON.stringify(request));
      await file.sync();
    }
    await rename(draft, final);
    await syncFolder(this.#folder);
  }

  /** The oldest first. */
  async list(): Promise<{ name: string; request: CommitmentRequest }[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      names.map(async (name) => ({
        name,
        request: CommitmentRequest.parse(JSON.parse(await readFile(path.join(this.#folder, name), 'utf8'))),
      })),
    );
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.#folder, name), { force: true });
  }
}
