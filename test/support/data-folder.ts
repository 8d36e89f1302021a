import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps the files in it in memory. */
const MEMORY = '/dev/shm';
/** A run of all tests of the shared stack leaves half a gigabyte. The functions need memory as well. */
const ENOUGH_BYTES = 6 * 2 ** 30;

const NAME = /^negatoscope-.*-(\d+)-[^-]+$/;

/**
 * A new folder for the data of a stack: in memory if there is plenty of it, since the databases write to the disk at each request.
 *
 * @param kind part of its name, in which the number of this process follows
 */
export function newDataFolder(kind: string): string {
  const parent = hasMemory() ? MEMORY : tmpdir();
  removeAbandoned(parent);
  return mkdtempSync(join(parent, `negatoscope-${kind}-${process.pid}-`));
}

/** Removes what runs of tests have left that were killed: memory is not freed by a restart of the tests. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return Math.min(bavail * bsize, process.availableMemory()) >= ENOUGH_BYTES;
  } catch {
    return false; // Not on Linux.
  }
}
