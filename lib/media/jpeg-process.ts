/**
 * Whether a JPEG uses arithmetic coding (SOF9 to SOF15, ITU-T T.81 B.1.1.3), which libvips reads and no browser shows.
 * Walks the marker segments up to the first frame header; false where there is none.
 */
export function isArithmeticJpeg(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 4 <= bytes.length && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill byte, B.1.1.2
      continue;
    }
    const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc; // DHT, JPG and DAC sit among the SOFs
    if (marker >= 0xc0 && marker <= 0xcf && !isTable) return marker > 0xc8;
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}
