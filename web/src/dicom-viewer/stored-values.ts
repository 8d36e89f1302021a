import type { Samples } from '../../../lib/media/dicom/decode/samples.ts';
import { type Attributes, numberOf, textOf } from '../exams/dicom-json.ts';

/** What is said of pixels in greys (PS3.3 C.7.6.3). */
export interface GreyPixels {
  rows: number;
  columns: number;
  bitsAllocated: number;
  bitsStored: number;
  isSigned: boolean;
  isFloat: boolean;
  /** MONOCHROME1: white is the smallest value. */
  isInverted: boolean;
}

/**
 * What the pixels are, where they are greys whose values can be windowed here. Of everything else, colours above all, the
 * service draws a picture.
 */
export function greyPixelsOf(image: Attributes): GreyPixels | undefined {
  const rows = numberOf(image, '00280010');
  const columns = numberOf(image, '00280011');
  const bitsAllocated = numberOf(image, '00280100');
  const kind = textOf(image, '00280004').toUpperCase();
  if (!rows || !columns || !bitsAllocated || (numberOf(image, '00280002') ?? 1) !== 1) return undefined;
  if (kind !== '' && kind !== 'MONOCHROME1' && kind !== 'MONOCHROME2') return undefined;
  const isFloat = image['7FE00010'] === undefined;
  const bitsStored = numberOf(image, '00280101') || bitsAllocated;
  const isOdd = (numberOf(image, '00280102') ?? bitsStored - 1) !== bitsStored - 1;
  if (isFloat ? ![32, 64].includes(bitsAllocated) : isOdd || ![8, 16, 32].includes(bitsAllocated))
    return undefined;
  const isSigned = numberOf(image, '00280103') === 1;
  return { rows, columns, bitsAllocated, bitsStored, isSigned, isFloat, isInverted: kind === 'MONOCHROME1' };
}

/** The stored values in cells of bytes: what is above the bits stored is masked out, and the sign is extended (PS3.5 8.1.1). */
export function storedValues(
  { buffer }: Uint8Array<ArrayBuffer>,
  { rows, columns, bitsAllocated, bitsStored, isSigned, isFloat }: GreyPixels,
): Samples {
  const count = rows * columns;
  if (isFloat) {
    return bitsAllocated === 64 ? new Float64Array(buffer, 0, count) : new Float32Array(buffer, 0, count);
  }
  const samples = cellsOf(buffer, count, bitsAllocated, isSigned);
  if (bitsStored >= bitsAllocated) return samples;
  const shift = 32 - bitsStored;
  if (isSigned) for (let i = 0; i < count; i++) samples[i] = ((samples[i] ?? 0) << shift) >> shift;
  else for (let i = 0; i < count; i++) samples[i] = ((samples[i] ?? 0) << shift) >>> shift;
  return samples;
}

function cellsOf(buffer: ArrayBuffer, count: number, bitsAllocated: number, isSigned: boolean): Samples {
  if (bitsAllocated === 8)
    return isSigned ? new Int8Array(buffer, 0, count) : new Uint8Array(buffer, 0, count);
  if (bitsAllocated === 16) {
    return isSigned ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
  }
  return isSigned ? new Int32Array(buffer, 0, count) : new Uint32Array(buffer, 0, count);
}

/** The smallest and the largest of the finite values; 0 and 0 where there is none. */
export function extent(samples: Samples): [min: number, max: number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] ?? 0;
    if (Number.isFinite(value)) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min > max ? [0, 0] : [min, max];
}
