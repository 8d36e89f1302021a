import { RejectedImage } from '../rejected-image.ts';
import { type BmpHeader, rowStart } from './bmp-header.ts';

/**
 * Decodes run lengths of 8 or 4 bits into RGB pixels (Microsoft, "Bitmap Compression"). Skipped pixels have the first
 * color. Pixels beyond a row's end are ignored.
 *
 * @throws RejectedImage if the data ends without an end marker
 */
export function drawRunLengths(bytes: Uint8Array, header: BmpHeader, data: Uint8Array): void {
  const { width, height, bits, palette } = header;
  const background = palette.subarray(0, 3);
  if (background.some((value) => value !== 0))
    for (let to = 0; to < data.length; to += 3) data.set(background, to);

  let at = header.pixelsAt;
  let x = 0;
  let row = 0;
  const next = () => {
    const byte = bytes[at++];
    if (byte !== undefined) return byte;
    throw new RejectedImage('This BMP file is incomplete: its end is missing. Please send it again.');
  };
  const draw = (index: number) => {
    if (x >= width) return;
    const to = rowStart(header, row, 3) + 3 * x++;
    data[to] = palette[3 * index] ?? 0;
    data[to + 1] = palette[3 * index + 1] ?? 0;
    data[to + 2] = palette[3 * index + 2] ?? 0;
  };
  /** The n-th index in a byte, which has one index, or two of 4 bits. */
  const indexOf = (byte: number, n: number) => (bits === 8 ? byte : n % 2 === 0 ? byte >> 4 : byte & 15);

  while (row < height) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let n = 0; n < count; n++) draw(indexOf(value, n));
    } else if (value === 0) {
      x = 0; // end of line
      row += 1;
    } else if (value === 1) {
      return; // end of bitmap
    } else if (value === 2) {
      x += next(); // delta
      row += next();
    } else {
      // Literal indexes, padded to an even number of bytes.
      const length = Math.ceil((value * bits) / 8);
      let byte = 0;
      for (let n = 0; n < value; n++) {
        if (bits === 8 || n % 2 === 0) byte = next();
        draw(indexOf(byte, n));
      }
      at += length % 2;
    }
  }
}
