import { type BmpHeader, readBmpHeader, rowStart, shiftOf } from '../formats/bmp-header.ts';
import { drawRunLengths } from '../formats/bmp-run-lengths.ts';
import { RejectedImage } from '../rejected-image.ts';
import type { Decoded } from './pixels.ts';
import { type RenditionLimits, requireWithinLimits } from './rendition-limits.ts';

/**
 * Reads a BMP: 1 to 32 bits, run lengths, masks, either direction. Profiles and pixel shapes are ignored.
 *
 * Ours: libvips' prebuilt binaries read none, and `bmp-ts` 1.0.9, the best kept of the packages, refuses OS/2 headers,
 * takes memory for what a header claims before it looks at the file, and has only a RangeError for one that is cut.
 * Every browser shows BMP: no preview is needed.
 *
 * @throws RejectedImage for a damaged, cut or unusual file, or one beyond the limits
 */
export function decodeBmp(bytes: Uint8Array, limits: RenditionLimits): Decoded {
  const header = readBmpHeader(bytes);
  const { width, height, masks } = header;
  const channels = masks[3] === 0 ? 3 : 4;
  requireWithinLimits({ name: 'BMP', width, height, bytes: width * height * channels }, limits);
  requireWhole(header, bytes);

  const data = new Uint8Array(width * height * channels);
  if (header.isRunLength) drawRunLengths(bytes, header, data);
  else if (header.bits <= 8) drawIndices(bytes, header, data);
  else drawColours(bytes, header, data, channels);
  return { width, height, needsPreview: false, pixels: { data, width, height, channels } };
}

/** Each row ends at a multiple of four bytes. */
const rowBytes = ({ width, bits }: BmpHeader) => Math.ceil((width * bits) / 32) * 4;

/** Refuses a truncated file before memory is allocated for its declared size. */
function requireWhole(header: BmpHeader, bytes: Uint8Array): void {
  const { width, height, bits, isRunLength, pixelsAt } = header;
  const there = bytes.length - pixelsAt;
  // Two bytes of run lengths are at most 255 pixels. The padding of the last row is not needed.
  const needed = isRunLength
    ? Math.floor((width * height) / 128)
    : rowBytes(header) * (height - 1) + Math.ceil((width * bits) / 8);
  if (there >= needed) return;
  throw new RejectedImage('This BMP file is incomplete: its end is missing. Please send it again.');
}

function drawIndices(bytes: Uint8Array, header: BmpHeader, data: Uint8Array): void {
  const { width, height, bits, pixelsAt, palette } = header;
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let row = 0; row < height; row++) {
    const from = pixelsAt + row * rowBytes(header);
    let to = rowStart(header, row, 3);
    for (let x = 0; x < width; x++) {
      const byte = bytes[from + Math.floor(x / perByte)] ?? 0;
      const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
      data[to++] = palette[3 * index] ?? 0;
      data[to++] = palette[3 * index + 1] ?? 0;
      data[to++] = palette[3 * index + 2] ?? 0;
    }
  }
}

function drawColours(bytes: Uint8Array, header: BmpHeader, data: Uint8Array, channels: 3 | 4): void {
  const { width, height, bits, pixelsAt } = header;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const scales = header.masks.slice(0, channels).map(scaleOf);
  const step = bits / 8;
  let alphas = 0;
  for (let row = 0; row < height; row++) {
    let from = pixelsAt + row * rowBytes(header);
    let to = rowStart(header, row, channels);
    for (let x = 0; x < width; x++, from += step) {
      const pixel = file.readUIntLE(from, step);
      for (const { mask, shift, factor } of scales) data[to++] = ((pixel & mask) >>> shift) * factor + 0.5;
      if (channels === 4) alphas |= data[to - 1] ?? 0;
    }
  }
  // Programs without transparency leave the alpha byte 0. An image that is entirely transparent is not plausible.
  if (channels === 4 && alphas === 0) for (let at = 3; at < data.length; at += 4) data[at] = 255;
}

/** The factor that scales the bits under a mask to 0 to 255. */
function scaleOf(mask: number) {
  const shift = shiftOf(mask);
  return { mask, shift, factor: mask === 0 ? 0 : 255 / (mask >>> shift) };
}
