import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';

/** An entry of a ZIP as a strict reader of another maker finds it. */
export interface ReadEntry {
  name: string;
  bytes: number;
  /** Year, month, day, hour, minute, second. */
  time: number[];
  mode: number;
  method: number;
  flags: number;
  /** Of its local header. */
  offset: number;
  /** Version needed to extract, times ten. */
  version: number;
  extraBytes: number;
  content: Buffer | undefined;
}

/**
 * The entries of a ZIP, in memory or in a file; the reader checks sizes, checksums and names.
 *
 * @param withContent false where there is only a hole
 */
export function readZip(zip: Buffer | string, withContent = true): Promise<ReadEntry[]> {
  return new Promise((resolve, reject) => {
    const entries: ReadEntry[] = [];
    const options = { lazyEntries: true, strictFileNames: true, validateEntrySizes: true };
    const read = (error: Error | null, file: yauzl.ZipFile) => {
      if (error) return reject(error);
      file.on('error', reject);
      file.on('end', () => resolve(entries));
      file.on('entry', (entry: yauzl.Entry) => {
        contentOf(file, entry, withContent).then((content) => {
          entries.push({ ...factsOf(entry), content });
          file.readEntry();
        }, reject);
      });
      file.readEntry();
    };
    if (typeof zip === 'string') yauzl.open(zip, options, read);
    else yauzl.fromBuffer(zip, options, read);
  });
}

function contentOf(file: yauzl.ZipFile, entry: yauzl.Entry, wanted: boolean): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      if (wanted) return buffer(stream).then(resolve, reject);
      stream.destroy();
      resolve(undefined);
    });
  });
}

const factsOf = (entry: yauzl.Entry) => ({
  name: entry.fileName,
  bytes: entry.uncompressedSize,
  time: msDosTime(entry.lastModFileDate, entry.lastModFileTime),
  mode: entry.externalFileAttributes >>> 16,
  method: entry.compressionMethod,
  flags: entry.generalPurposeBitFlag,
  offset: entry.relativeOffsetOfLocalHeader,
  version: entry.versionNeededToExtract,
  extraBytes: entry.extraFieldLength,
});

const msDosTime = (date: number, time: number) => [
  1980 + (date >> 9),
  (date >> 5) & 15,
  date & 31,
  time >> 11,
  (time >> 5) & 63,
  (time & 31) * 2,
];

/** The contents of a ZIP by their names. */
export const unzip = async (zip: Buffer): Promise<Map<string, Buffer | undefined>> =>
  new Map((await readZip(zip)).map(({ name, content }) => [name, content]));
