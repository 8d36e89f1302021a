import { open } from 'node:fs/promises';

/** Makes a renaming survive a loss of power (fsync(2): the directory has to be synchronized, too). */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
