import type { Samples } from '../decode/samples.ts';
import type { AttributeReader } from '../parse/attribute-reader.ts';
import { type ModalityTransform, readModalityTransform } from './modality-transform.ts';
import { rangeTransform, readVoiTransform, type VoiTransform } from './voi-transform.ts';

/** A frame of one sample for each pixel, and its transforms to grey levels (PS3.3 C.11, PS3.4 N.2). */
export interface GreyFrame {
  /** The stored values, with the minimum and maximum of the finite ones; without any, `min` is greater than `max`. */
  samples: Samples;
  min: number;
  max: number;
  modality: ModalityTransform;
  /** The requested VOI transform, else the file's, else from the frame's smallest to its largest value. */
  voi: VoiTransform;
  /** MONOCHROME1 displays the smallest value as white (C.7.6.3.1.2). */
  isInverted: boolean;
}

/**
 * Reads the transforms to grey levels for a decoded frame, counted from 0. The service and the page both use it, so that users see
 * the same.
 *
 * @throws RejectedImage where a lookup table is damaged
 */
export async function readGreyFrame(
  image: AttributeReader,
  frame: number,
  samples: Samples,
  photometricInterpretation: string,
  askedFor?: VoiTransform,
): Promise<GreyFrame> {
  const modality = await readModalityTransform(image, frame);
  const { min, max } = extent(samples);
  const voi = askedFor ?? (await readVoiTransform(image, frame)) ?? fullRange(min, max, modality);
  return { samples, min, max, modality, voi, isInverted: photometricInterpretation === 'MONOCHROME1' };
}

/** The grey level of each pixel, 0 to 255: modality transform, VOI transform, and the inversion of MONOCHROME1. */
export function greyLevels(
  { samples, min, max, modality, isInverted, ...own }: GreyFrame,
  voi: VoiTransform = own.voi,
): Uint8Array<ArrayBuffer> {
  const grey = (stored: number) => {
    const part = voi.apply(modality(stored));
    return Math.round(255 * (isInverted ? 1 - part : part));
  };
  const levels = new Uint8Array(samples.length);
  if (max - min >= MAX_TABLE || samples instanceof Float32Array || samples instanceof Float64Array) {
    for (let i = 0; i < levels.length; i++) levels[i] = grey(samples[i] ?? 0);
  } else if (levels.length > 0) {
    // A table of the frame's range of values: a CT has some thousands of the 65,536 possible values of 16 bits.
    const table = Uint8Array.from({ length: max - min + 1 }, (_value, i) => grey(min + i));
    for (let i = 0; i < levels.length; i++) levels[i] = table[(samples[i] ?? 0) - min] ?? 0;
  }
  return levels;
}

/** Entries of the largest table: beyond 16 bits it would be larger than the image. */
const MAX_TABLE = 65_536;

function extent(samples: Samples): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    const stored = samples[i] ?? 0;
    if ((stored < min || stored > max) && Number.isFinite(stored)) {
      if (stored < min) min = stored;
      if (stored > max) max = stored;
    }
  }
  return { min, max };
}

/** Includes padding (C.7.5.1.1.2), like dcmtk and pydicom, so that all viewers display the same. */
function fullRange(min: number, max: number, modality: ModalityTransform): VoiTransform {
  // There are no finite values.
  if (min > max) return { lower: 0, upper: 0, apply: () => 0 };
  const [one, other] = [modality(min), modality(max)];
  return rangeTransform(Math.min(one, other), Math.max(one, other));
}
