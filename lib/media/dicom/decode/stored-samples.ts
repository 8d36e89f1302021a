import type { ImagePixel } from '../parse/image-pixel.ts';
import type { Samples } from './samples.ts';

interface Cells extends Pick<ImagePixel, 'bitsStored' | 'highBit' | 'isSigned'> {
  bitsAllocated: number;
  isFloat: boolean;
}

/**
 * Reads the stored values from cells of little endian bytes (PS3.5 8.1.1): bits above and below the bits stored are
 * masked out, because old files have overlays there, and the sign is extended.
 *
 * @param isDecoded whether nobody else needs the bytes, so that they may become the samples
 */
export function storedSamples(bytes: Uint8Array, cells: Cells, isDecoded = false): Samples {
  const { bitsAllocated, bitsStored, isSigned, isFloat } = cells;
  const rest = bytes.length % (bitsAllocated / 8);
  const isExact = rest === 0 && bytes.length === bytes.buffer.byteLength;
  // Otherwise a copy: a typed array of words must begin at a word's boundary.
  const { buffer } = isDecoded && isExact ? bytes : new Uint8Array(bytes.subarray(0, bytes.length - rest));
  if (isFloat) return bitsAllocated === 64 ? new Float64Array(buffer) : new Float32Array(buffer);
  const samples = viewOf(buffer, bitsAllocated, isSigned);
  if (bitsStored >= bitsAllocated) return samples;
  // A high bit that leaves no room for the bits stored is wrong; then the lowest bits are used.
  const isPlausible = cells.highBit >= bitsStored - 1 && cells.highBit < bitsAllocated;
  const lowestBit = isPlausible ? cells.highBit + 1 - bitsStored : 0;
  if (isSigned) extendSigns(samples, lowestBit, bitsStored);
  else mask(samples, lowestBit, bitsStored);
  return samples;
}

/** Shifts the sign to the highest bit of JavaScript's 32-bit integers and back. */
function extendSigns(samples: Samples, lowestBit: number, bitsStored: number): void {
  const [up, down] = [32 - bitsStored - lowestBit, 32 - bitsStored];
  for (let i = 0; i < samples.length; i++) samples[i] = ((samples[i] ?? 0) << up) >> down;
}

/** Masks as many samples at once as 32 bits hold: what a shift brings from the next sample is masked out. */
function mask(samples: Samples, lowestBit: number, bitsStored: number): void {
  const isEven = samples.byteLength % 4 === 0;
  const words = isEven ? new Uint32Array(samples.buffer) : samples;
  const repeats = [1, 0x0101_0101, 0x0001_0001];
  const ones = (2 ** bitsStored - 1) * ((isEven && repeats[samples.BYTES_PER_ELEMENT]) || 1);
  for (let i = 0; i < words.length; i++) words[i] = ((words[i] ?? 0) >>> lowestBit) & ones;
}

function viewOf(buffer: ArrayBufferLike, bitsAllocated: number, isSigned: boolean): Samples {
  if (bitsAllocated === 8) return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bitsAllocated === 16) return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer);
  return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
}

/** Unpacks samples of one bit, the first one from the lowest bit of the first byte (PS3.5 8.1.1). */
export function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_value, i) => ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1);
}

/** Packs samples of one bit, as in an uncompressed frame. */
export function packBits(samples: ArrayLike<number>): Uint8Array {
  const packed = new Uint8Array(Math.ceil(samples.length / 8));
  for (let i = 0; i < samples.length; i++)
    packed[i >> 3] = (packed[i >> 3] ?? 0) | ((samples[i] ?? 0) << (i & 7));
  return packed;
}
