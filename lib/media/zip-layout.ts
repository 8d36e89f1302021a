/** One file of an archive, with all that its headers need: known before its first byte is read. */
export interface ZipEntry {
  /** Path inside the archive, as `safeEntryNames` gives it; at most 65,535 bytes of UTF-8. */
  name: string;
  /** Exact size of the content. */
  bytes: number;
  /** CRC-32 of the content (ISO 3309, as in `node:zlib`), unsigned. */
  crc32: number;
  /** Written as UTC with a precision of 2 seconds; MS-DOS time has no zone and knows the years 1980 to 2107. */
  modified: Date;
}

/** What follows in the archive: bytes as they are, or the content of one entry. */
export type ZipPart = Buffer | { index: number; entry: ZipEntry };

// A field that holds its largest value points to ZIP64, so that this value itself needs ZIP64 too (4.4.8, 4.4.22).
const max16 = 0xffff;
const max32 = 0xffffffff;

const storedSince = 20; // version 2.0 of the format (4.4.3.2)
const zip64Since = 45;
const madeByUnix = (3 << 8) | zip64Since; // 4.4.2
const nameIsUtf8 = 1 << 11; // 4.4.4
const mode0644 = 0o100644;

/**
 * Lays out an archive of stored (not compressed) files, part by part from the first byte to the last.
 * Length and stream both come from here, so that they can't disagree. Same entries, same bytes.
 * Source of all section numbers: PKWARE APPNOTE.TXT 6.3.10.
 *
 * @throws RangeError for an entry that no header can hold
 */
export function* zipLayout(entries: readonly ZipEntry[]): Generator<ZipPart> {
  const offsets: number[] = [];
  let position = 0;
  for (const [index, entry] of entries.entries()) {
    const header = localHeader(entry);
    offsets.push(position);
    position += header.length + entry.bytes;
    yield header;
    yield { index, entry };
  }
  const directoryOffset = position;
  for (const [index, entry] of entries.entries()) {
    const header = directoryHeader(entry, offsets[index] ?? 0);
    position += header.length;
    yield header;
  }
  yield endOfDirectory(entries.length, position - directoryOffset, directoryOffset);
}

/** 4.3.7: signature, version, then the fields that the directory repeats. */
function localHeader(entry: ZipEntry): Buffer {
  // 4.5.3: in a local header both sizes are there, or none.
  const extra = zip64Extra(entry.bytes >= max32 ? [entry.bytes, entry.bytes] : []);
  return Buffer.concat([uint32(0x04034b50), sharedFields(entry, extra), nameOf(entry), extra]);
}

/** 4.3.12. */
function directoryHeader(entry: ZipEntry, offset: number): Buffer {
  const extra = zip64Extra([
    ...(entry.bytes >= max32 ? [entry.bytes, entry.bytes] : []),
    ...(offset >= max32 ? [offset] : []),
  ]);
  return Buffer.concat([
    uint32(0x02014b50),
    uint16(madeByUnix),
    sharedFields(entry, extra),
    uint16(0, 0, 0), // comment length, disk, internal attributes: binary
    uint32(mode0644 * 0x10000, Math.min(offset, max32)),
    nameOf(entry),
    extra,
  ]);
}

/** The 26 bytes from "version needed" to "extra field length", alike in both headers. */
function sharedFields(entry: ZipEntry, extra: Buffer): Buffer {
  const { bytes, crc32 } = entry;
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new RangeError(`expected a size in bytes for ZIP entry ${entry.name} but received ${bytes}`);
  }
  if (crc32 !== crc32 >>> 0) {
    throw new RangeError(`expected an unsigned CRC-32 for ZIP entry ${entry.name} but received ${crc32}`);
  }
  const size = Math.min(bytes, max32);
  return Buffer.concat([
    uint16(extra.length > 0 ? zip64Since : storedSince, nameIsUtf8, 0), // method 0: images don't get smaller
    uint16(...msDosTime(entry.modified)),
    uint32(crc32, size, size),
    uint16(nameOf(entry).length, extra.length),
  ]);
}

/** 4.5.3: only those values whose own field is full, in the standard's order. */
function zip64Extra(values: number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  return Buffer.concat([uint16(1, values.length * 8), uint64(...values)]);
}

/** 4.3.14 to 4.3.16. */
function endOfDirectory(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.concat([
    uint32(0x06054b50),
    uint16(0, 0, Math.min(count, max16), Math.min(count, max16)),
    uint32(Math.min(bytes, max32), Math.min(offset, max32)),
    uint16(0), // comment length
  ]);
  if (count < max16 && bytes < max32 && offset < max32) return end;
  return Buffer.concat([
    uint32(0x06064b50),
    uint64(44), // what follows of this record
    uint16(madeByUnix, zip64Since),
    uint32(0, 0), // disks
    uint64(count, count, bytes, offset),
    uint32(0x07064b50, 0),
    uint64(offset + bytes),
    uint32(1), // disks in total
    end,
  ]);
}

function nameOf({ name }: ZipEntry): Buffer {
  const utf8 = Buffer.from(name);
  if (utf8.length === 0 || utf8.length > max16) {
    throw new RangeError(
      `expected a name of 1 to ${max16} bytes for a ZIP entry but received ${utf8.length}`,
    );
  }
  return utf8;
}

/** 4.4.6, and Microsoft's DosDateTimeToFileTime: time, then date. */
function msDosTime(modified: Date): [time: number, date: number] {
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const time = new Date(Math.min(Math.max(modified.getTime(), earliest), latest));
  if (Number.isNaN(time.getTime())) throw new RangeError('expected a valid date for a ZIP entry');
  return [
    (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1),
    ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate(),
  ];
}

// All numbers are little-endian (4.4.1.1).
function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4);
  return bytes;
}

function uint64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), i * 8);
  return bytes;
}
