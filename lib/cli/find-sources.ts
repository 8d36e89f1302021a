import { type FoundFile, findFiles, type SkippedEntry } from './find-files.ts';
import type { OpenZips } from './open-zips.ts';
import { readHead } from './read-head.ts';

/** The signatures of a local file header, and of the end of an empty ZIP (APPNOTE.TXT 4.3.7, 4.3.16). */
const SIGNATURES = ['PK\u0003\u0004', 'PK\u0005\u0006'];

/**
 * Lists the files of a folder, and the entries of its ZIP files, or of the ZIP that the root is. Only a file that is named `.zip` counts: many
 * other formats, such as the programs on a CD, are ZIPs inside.
 */
export async function* findSources(root: string, zips: OpenZips): AsyncGenerator<FoundFile | SkippedEntry> {
  for await (const found of findFiles(root)) {
    if (!('path' in found) || !(await isZip(found))) yield found;
    else yield* zips.entriesOf(found, found.path.equals(Buffer.from(root)) ? '' : `${found.name}/`);
  }
}

async function isZip(file: FoundFile): Promise<boolean> {
  if (!/\.zip$/i.test(file.name)) return false;
  // What can't be read is reported when its type is detected.
  return readHead(file, 4).then(
    (head) => SIGNATURES.includes(head.toString('latin1')),
    () => false,
  );
}
