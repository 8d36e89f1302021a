import { lstat, readdir } from 'node:fs/promises';
import { basename } from 'node:path';

/** A file of a folder or of a ZIP. */
export interface FoundFile {
  /** As bytes: names on old CDs are not UTF-8. */
  path: Buffer;
  /** The path below the folder, for display. */
  name: string;
  bytes: number;
  modifiedMs: number;
  /** Yields the bytes of an entry of a ZIP. Without it, the file is at `path`. */
  contents?: () => AsyncIterable<Buffer>;
}

/** An entry of a directory or a ZIP that is not a readable file, with the reason. */
export interface SkippedEntry {
  name: string;
  reason: string;
  /** Whether data may be missing because of it. */
  isFailure: boolean;
}

const SLASH = Buffer.from('/');

/**
 * Lists the files of a folder and its subfolders, sorted by name, or the one file that the root is. Symbolic links are not followed: they may form a
 * cycle, or refer to files that must not leave the computer.
 */
export async function* findFiles(root: string): AsyncGenerator<FoundFile | SkippedEntry> {
  const start = Buffer.from(root);
  const ahead: Buffer[] = [start];
  const nameOf = (path: Buffer) => path.subarray(start.length + 1).toString() || basename(root);
  for (let path = ahead.pop(); path; path = ahead.pop()) {
    const name = nameOf(path);
    try {
      const found = await lstat(path);
      if (found.isDirectory()) {
        const names = (await readdir(path, { encoding: 'buffer' })).sort(Buffer.compare).reverse();
        for (const each of names) ahead.push(Buffer.concat([path, SLASH, each]));
      } else if (found.isFile()) {
        yield { path, name, bytes: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
      } else {
        const reason = found.isSymbolicLink() ? 'a symbolic link: those are not followed' : 'not a file';
        yield { name, reason, isFailure: false };
      }
    } catch (error) {
      yield { name, reason: `can not be read: ${String(error)}`, isFailure: true };
    }
  }
}
