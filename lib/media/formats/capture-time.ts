/** A time by the camera's clock. */
export interface CaptureTime {
  /** `2025-11-06T23:30:00`, with milliseconds (`.250`) if the file has a fraction of the second. */
  capturedLocal: string;
  /** The clock's offset from UTC (`+02:00`), which many cameras do not know. */
  captureOffset?: string;
}

const exifIfdPointer = 0x8769;

/** The date tags of a file in order of preference, each with those of its fraction of a second and its offset from UTC. */
const dates = [
  { time: 0x9003, fraction: 0x9291, offset: 0x9011 }, // DateTimeOriginal: when it was taken
  { time: 0x9004, fraction: 0x9292, offset: 0x9012 }, // DateTimeDigitized: when it was scanned
  { time: 0x0132, fraction: 0x9290, offset: 0x9010 }, // DateTime: when the file was changed
] as const;
const dateTags = new Set<number>(dates.flatMap((tags) => Object.values(tags)));

/**
 * Reads when a photograph was taken, else scanned, else last changed, by the camera's clock. Source: CIPA DC-008 (Exif
 * 2.32), 4.6.5. The fraction of a second orders the pictures of a burst.
 *
 * Undefined if absent, blank, damaged or impossible: a wrong date is worse than none.
 *
 * The package `exif-reader` does not serve for untrusted files: it decodes every value of every tag, and 64 KB of EXIF
 * whose tags all refer to the whole block take it 15 seconds and 3 GB.
 *
 * @param exif an EXIF block, with or without its `Exif\0\0`, or a TIFF, which has the same structure
 */
export function captureTime(exif: Uint8Array | undefined): CaptureTime | undefined {
  if (!exif) return undefined;
  const tiff = Buffer.from(exif.buffer, exif.byteOffset, exif.length);
  const tags = readDateTags(tiff.toString('latin1', 0, 6) === 'Exif\0\0' ? tiff.subarray(6) : tiff);
  for (const { time, fraction, offset } of dates) {
    const clock = clockOf(tags.get(time));
    if (clock)
      return { capturedLocal: clock + fractionOf(tags.get(fraction)), ...offsetOf(tags.get(offset)) };
  }
  return undefined;
}

/** `2024:03:31 01:30:00` as ISO 8601. */
function clockOf(text = ''): string | undefined {
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  const clock = `${year}-${month}-${day}T${time}`;
  const read = new Date(`${clock}Z`);
  // Date parses the 31st of June as the 1st of July, and 24:00 as the next day.
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(clock) ? clock : undefined;
}

const fractionOf = (text = ''): string => (/^\d+$/.test(text) ? `.${text.slice(0, 3).padEnd(3, '0')}` : '');

const offsetOf = (text = ''): Pick<CaptureTime, 'captureOffset'> =>
  /^[+-](?:[01]\d|2[0-3]):[0-5]\d$/.test(text) ? { captureOffset: text } : {};

/**
 * The texts of the date tags in the first directory and in the Exif directory. Of a damaged block, the readable ones.
 */
function readDateTags(tiff: Buffer): Map<number, string> {
  const tags = new Map<number, string>();
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return tags;
  const u16 = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));

  /**
   * Reads one directory of 12-byte entries (TIFF 6.0, 2). Returns the offset of the Exif directory. Follows no chain,
   * so it can't loop.
   */
  const readDirectory = (ifd: number): number | undefined => {
    if (ifd + 2 > tiff.length) return undefined;
    let exifIfd: number | undefined;
    for (let left = u16(ifd), entry = ifd + 2; left > 0 && entry + 12 <= tiff.length; left--, entry += 12) {
      const tag = u16(entry);
      if (tag === exifIfdPointer) exifIfd = u32(entry + 8);
      if (!dateTags.has(tag)) continue;
      const length = u32(entry + 4);
      // Up to 4 bytes, such as a fraction of a second, are in place of the pointer. A date has 20 with its NUL.
      const at = length <= 4 ? entry + 8 : u32(entry + 8);
      const text = tiff.toString('latin1', at, at + Math.min(length, 20));
      tags.set(tag, text.replace(/\0.*/s, '').trim());
    }
    return exifIfd;
  };

  const exifIfd = readDirectory(u32(4));
  if (exifIfd !== undefined) readDirectory(exifIfd);
  return tags;
}
