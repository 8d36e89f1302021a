import type { ImagePixel } from '../parse/image-pixel.ts';
import type { Samples } from './samples.ts';

interface Cells extends Pick<ImagePixel, 'bitsStored' | 'highBit' | 'isSigned'> {
  bitsAllocated: number;
  isFloat: boolean;
}

/**
 * Reads the stored values from cells of little endian bytes (PS3.5 8.1.1): bits above and below the bits stored are
 * masked out, because old files have overlays there, and the sign is extended.
 */
export function storedSamples(bytes: Uint8Array, cells: Cells): Samples {
  const { bitsAllocated, bitsStored, isSigned, isFloat } = cells;
  const sampleBytes = bitsAllocated / 8;
  // A copy, because a typed array of words must begin at a word's boundary.
  const { buffer } = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % sampleBytes)));
  if (isFloat) return bitsAllocated === 64 ? new Float64Array(buffer) : new Float32Array(buffer);
  // A high bit that leaves no room for the bits stored is wrong; then the lowest bits are used.
  const isPlausible = cells.highBit >= bitsStored - 1 && cells.highBit < bitsAllocated;
  const above = bitsAllocated - (isPlausible ? cells.highBit + 1 : bitsStored);
  const samples = viewOf(buffer, bitsAllocated, isSigned);
  if (bitsStored === bitsAllocated) return samples;
  // In JavaScript's 32-bit integers: shifts the sign to the highest bit, and back with or without sign extension.
  const up = 32 - bitsAllocated + above;
  const down = 32 - bitsStored;
  if (isSigned) for (let i = 0; i < samples.length; i++) samples[i] = ((samples[i] ?? 0) << up) >> down;
  else for (let i = 0; i < samples.length; i++) samples[i] = ((samples[i] ?? 0) << up) >>> down;
  return samples;
}

function viewOf(buffer: ArrayBuffer, bitsAllocated: number, isSigned: boolean): Samples {
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
