const exifIfdPointer = 0x8769;
const dateTimeOriginal = 0x9003;
const offsetTimeOriginal = 0x9011;

/**
 * Reads when a photograph was taken from an EXIF block (with or without its `Exif\0\0` prefix): ISO 8601, UTC.
 * Source: CIPA DC-008 (Exif 2.32), 4.6.5 F, DateTimeOriginal and OffsetTimeOriginal.
 *
 * Without an offset the camera's clock is taken as UTC: the day and hour then read as the camera showed them, and no
 * server's time zone gets a say. Undefined when absent, blank, damaged or impossible: a wrong date is worse than none.
 */
export function captureTime(exif: Uint8Array | undefined): string | undefined {
  if (!exif) return undefined;
  const tiff = Buffer.from(exif.buffer, exif.byteOffset, exif.length);
  const tags = readCaptureTags(tiff.toString('latin1', 0, 6) === 'Exif\0\0' ? tiff.subarray(6) : tiff);

  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(tags.get(dateTimeOriginal) ?? '');
  if (!time) return undefined;
  const [year = 0, month = 0, ...rest] = time.slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const clock = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC reads a year below 100 as 19xx, month 13 as January, the 31st of June as July: each is no real time.
  const spelled = clock.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':');
  if (spelled !== time[0]) return undefined;

  const offset = /^([+-])(\d\d):(\d\d)$/.exec(tags.get(offsetTimeOriginal) ?? '');
  const minutesAhead = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(clock.getTime() - minutesAhead * 60_000).toISOString().replace('.000Z', 'Z');
}

/** The ASCII values of the Exif IFD's tags that matter here. A damaged block gives what is readable of it. */
function readCaptureTags(tiff: Buffer): Map<number, string> {
  const tags = new Map<number, string>();
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return tags;
  const u16 = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));

  /** Calls `visit` with the place of each 12-byte entry of one IFD (TIFF 6.0, 2). Follows no chain: no loops. */
  const eachEntry = (ifd: number, visit: (entry: number) => void) => {
    if (ifd + 2 > tiff.length) return;
    for (let left = u16(ifd), entry = ifd + 2; left > 0 && entry + 12 <= tiff.length; left--, entry += 12) {
      visit(entry);
    }
  };

  eachEntry(u32(4), (pointer) => {
    if (u16(pointer) !== exifIfdPointer) return;
    eachEntry(u32(pointer + 8), (entry) => {
      const tag = u16(entry);
      if (tag !== dateTimeOriginal && tag !== offsetTimeOriginal) return;
      // 20 and 7 characters with their NULs: both longer than the 4 bytes that fit in place of the pointer.
      const at = u32(entry + 8);
      const text = tiff.toString('latin1', at, at + Math.min(u32(entry + 4), 20));
      tags.set(tag, text.replace(/\0.*/s, '').trim());
    });
  });
  return tags;
}
