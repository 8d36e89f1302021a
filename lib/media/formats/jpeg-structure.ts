/** The properties of a JPEG in its marker segments, without decoding (ITU-T T.81, Annex B). */
export interface JpegStructure {
  /** Arithmetic coding (SOF9 to SOF15, table B.1), which libvips decodes but no browser displays. */
  isArithmetic: boolean;
  /** Whether an end-of-image marker follows the first scan's header. Inside a scan no other bytes look like one. */
  hasEnd: boolean;
}

/** Reads a JPEG's marker segments up to its first scan. Returns undefined if they are too damaged. */
export function readJpegStructure(bytes: Uint8Array): JpegStructure | undefined {
  const jpeg = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let isArithmetic = false;
  for (let at = 2; at + 4 <= jpeg.length; ) {
    if (jpeg[at] !== 0xff || jpeg[at + 1] === 0) {
      at = nextMarker(jpeg, at);
      continue;
    }
    const marker = jpeg.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill byte, B.1.1.2
      continue;
    }
    // Markers without a length: restarts, start and end are not allowed here.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) return undefined;
    // Searched backwards, because it is nearly always at the end: a forward search would read the whole file.
    if (marker === 0xda) {
      return { isArithmetic, hasEnd: jpeg.lastIndexOf('\xff\xd9', undefined, 'latin1') > at };
    }
    if (marker >= 0xc9 && marker <= 0xcf && marker !== 0xcc) isArithmetic = true; // 0xcc is DAC, a table
    at += 2 + Math.max(2, jpeg.readUInt16BE(at + 2)); // a comment of length 0 has its length, too
  }
  return undefined;
}

/** The offset of the next marker, found as libjpeg does; the end of the file if there is none. */
function nextMarker(jpeg: Buffer, from: number): number {
  for (let at = jpeg.indexOf(0xff, from); at !== -1; at = jpeg.indexOf(0xff, at + 1)) {
    if (jpeg[at + 1] !== 0 && jpeg[at + 1] !== 0xff) return at;
  }
  return jpeg.length;
}
