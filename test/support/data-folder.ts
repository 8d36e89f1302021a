import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps the files in it in memory. */
const MEMORY = '/dev/shm';
/** A run of all tests of the shared stack leaves half a gigabyte. The functions need memory as well. */
const ENOUGH_BYTES = 6 * 2 ** 30;

/** A new folder for the data of a stack: in memory if there is plenty of it, since the databases write to the disk at each request. */
export const newDataFolder = (prefix: string): string =>
  mkdtempSync(join(hasMemory() ? MEMORY : tmpdir(), prefix));

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return Math.min(bavail * bsize, process.availableMemory()) >= ENOUGH_BYTES;
  } catch {
    return false; // Not on Linux.
  }
}
