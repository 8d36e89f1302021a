import { fsync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Makes a renaming survive a loss of power (fsync(2): the directory has to be synchronized, too). */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

/** A folder that is synchronized often, and by many at once. It stays open until the program ends. */
export class SyncedFolder {
  readonly #folder: string;
  #descriptor: number | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** As `syncFolder`; those who call while the disk works share the next synchronization. */
  sync(): Promise<void> {
    this.#next ??= this.#running.catch(() => {}).then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#descriptor ??= openSync(this.#folder, 'r');
    this.#running = promisify(fsync)(this.#descriptor);
    return this.#running;
  }
}
