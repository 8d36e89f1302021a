/** One file of an archive, with everything that its headers need. */
export interface ZipEntry {
  /** A name from `safeEntryNames`, or several of them with `/` between them: in folders. At most 65,535 bytes of UTF-8. */
  name: string;
  /** Exact size of the content, which is held in memory while it is sent; below 4 GiB - 1. */
  bytes: number;
  /** CRC-32 that the content must have (ISO 3309, as in `node:zlib`), unsigned; undefined if nobody knows it. */
  crc32?: number | undefined;
  /**
   * The UTC fields of this date are written as the local time: MS-DOS time has no zone, and unpackers use their own. It
   * has a precision of 2 seconds, and archiver writes the years 1980 to 2043.
   */
  modified: Date;
}

/** The lengths of the parts of an archive, in bytes. */
export interface ZipLayout {
  /** The local header of each entry. */
  headers: number[];
  /** The central directory and its end. */
  directoryBytes: number;
  /** The whole archive. */
  bytes: number;
  /** Whether the archive also needs the ZIP64 end of the central directory. */
  isZip64: boolean;
}

// The largest value of a field is the ZIP64 marker, so a field with exactly this value needs ZIP64 too.
const max16 = 0xffff;
const max32 = 0xffffffff;

// PKWARE APPNOTE.TXT 6.3.10: lengths without names, as archiver writes these headers.
const localHeaderBytes = 30; // 4.3.7
const directoryHeaderBytes = 46; // 4.3.12
const zip64ExtraBytes = 28; // 4.5.3: both sizes and the offset
const endBytes = 22; // 4.3.16
const zip64EndBytes = 76; // 4.3.14 and 4.3.15

/**
 * Computes the lengths in an archive of stored files that archiver writes. archiver can't compute them before.
 *
 * @throws RangeError for an entry that no header can hold
 */
export function zipLayout(entries: readonly ZipEntry[]): ZipLayout {
  const headers: number[] = [];
  let offset = 0;
  let directory = 0;
  for (const entry of entries) {
    requireWritable(entry);
    const nameBytes = Buffer.byteLength(entry.name);
    if (offset === max32) throw new RangeError(`no header can hold where ZIP entry ${entry.name} begins`);
    headers.push(localHeaderBytes + nameBytes);
    directory += directoryHeaderBytes + nameBytes + (offset > max32 ? zip64ExtraBytes : 0);
    offset += localHeaderBytes + nameBytes + entry.bytes;
  }
  const isZip64 = entries.length >= max16 || directory >= max32 || offset >= max32;
  const directoryBytes = directory + (isZip64 ? zip64EndBytes : 0) + endBytes;
  return { headers, directoryBytes, bytes: offset + directoryBytes, isZip64 };
}

/**
 * The exact length in bytes of the archive that `zipStream` makes of these entries: its Content-Length.
 *
 * @throws RangeError for an entry that no header can hold
 */
export const zipLength = (entries: readonly ZipEntry[]): number => zipLayout(entries).bytes;

/** @throws RangeError for an entry that archiver would change or refuse */
function requireWritable({ name, bytes, crc32, modified }: ZipEntry): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes >= max32) {
    throw new RangeError(`expected a size in bytes below 4 GiB for ZIP entry ${name} but received ${bytes}`);
  }
  if (crc32 !== undefined && crc32 !== crc32 >>> 0) {
    throw new RangeError(`expected an unsigned CRC-32 for ZIP entry ${name} but received ${crc32}`);
  }
  const nameBytes = Buffer.byteLength(name);
  if (nameBytes === 0 || nameBytes > max16) {
    throw new RangeError(`expected a name of 1 to ${max16} bytes for a ZIP entry but received ${nameBytes}`);
  }
  // archiver would change these paths, or treat them as a drive.
  if (/[\\:]/.test(name) || name.split('/').some((part) => /^\.{0,2}$/.test(part)))
    throw new RangeError(`expected plain names with / between them for a ZIP entry but received ${name}`);
  if (Number.isNaN(modified.getTime())) throw new RangeError('expected a valid date for a ZIP entry');
}
