import { closeSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import type { FoundFile, SkippedEntry } from './find-files.ts';
import { formatBytes } from './format-bytes.ts';
import { OPEN_FLAGS } from './read-head.ts';

/** More entries than any medium has. Each takes about a kilobyte of memory. */
const MOST_ENTRIES = 200_000;
/** The file type of a Unix mode, and that of a symbolic link. */
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * The ZIP files that are open, to read their entries one by one without unpacking them. The names of entries are only names: no path is
 * made of them. The bytes of an entry are at most the size that the ZIP declares, and must have the CRC-32 that it declares.
 */
export class OpenZips {
  readonly #open: yauzl.ZipFile[] = [];

  /**
   * Lists the entries of a ZIP as files.
   *
   * @param prefix before the name of each entry, for display
   */
  async *entriesOf(zip: FoundFile, prefix: string): AsyncGenerator<FoundFile | SkippedEntry> {
    try {
      const file = await this.#openZip(zip);
      const entries = await entriesOf(file, zip);
      for (const entry of entries) {
        const named = nameOf(entry);
        const name = `${prefix}${named}`;
        if (named.endsWith('/')) continue;
        if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK)
          yield { name, reason: 'a symbolic link: those are not followed', isFailure: false };
        else if (/\.zip$/i.test(named))
          yield { name, reason: 'a ZIP in a ZIP: unpack it first', isFailure: false };
        else if (!entry.canDecodeFileData())
          yield { name, reason: 'encrypted, or compressed by an unusual method', isFailure: true };
        else
          yield {
            // Two entries may have the same name.
            path: Buffer.concat([zip.path, Buffer.from(`!${entry.relativeOffsetOfLocalHeader}/${named}`)]),
            name,
            bytes: entry.uncompressedSize,
            modifiedMs: zip.modifiedMs,
            contents: () => contentsOf(file, entry),
          };
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      yield { name: zip.name, reason: `this ZIP can not be read: ${reason}`, isFailure: true };
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#open) file.close();
  }

  async #openZip({ path }: FoundFile): Promise<yauzl.ZipFile> {
    const descriptor = openSync(path, OPEN_FLAGS);
    try {
      // Names are decoded below: here, an unusual one would end the list.
      const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true };
      const file = await yauzl.fromFdPromise(descriptor, options);
      this.#open.push(file);
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }
}

/**
 * Reads the central directory.
 *
 * @throws Error for a ZIP that is made to cost more than it contains: entries that share bytes, or too many of them
 */
async function entriesOf(file: yauzl.ZipFile, zip: FoundFile): Promise<yauzl.Entry[]> {
  if (file.entryCount > MOST_ENTRIES)
    throw new Error(`it has ${file.entryCount} entries; at most ${MOST_ENTRIES}`);
  const entries: yauzl.Entry[] = [];
  let bytes = 0;
  for await (const entry of file.eachEntry()) {
    entries.push(entry);
    bytes += entry.compressedSize;
  }
  // Without this, a small file could contain the same data thousands of times.
  if (bytes > zip.bytes)
    throw new Error(`its entries have ${formatBytes(bytes)}, more than the file: they overlap`);
  return entries;
}

/** Decodes the name; backslashes, which some Windows programs write, become slashes. */
const nameOf = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: yauzl.Entry): string =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);

async function* contentsOf(file: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const part of await file.openReadStreamPromise(entry)) {
    sum = crc32(part, sum);
    yield part;
  }
  if (sum !== entry.crc32) throw new Error('the ZIP is damaged here: the checksum differs');
}
