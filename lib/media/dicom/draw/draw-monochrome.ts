import type { Pixels } from '../../image/pixels.ts';
import type { DecodedFrame } from '../decode/decode-frame.ts';
import type { Samples } from '../decode/samples.ts';
import type { DataSet } from '../parse/data-set.ts';
import { groupsOfFrame } from '../parse/functional-groups.ts';
import { numberValue } from '../parse/number-values.ts';
import { textValue } from '../parse/text-values.ts';
import { lookUp, lookupTable } from './lookup-table.ts';
import { isProjectionImage } from './projection-image.ts';
import {
  rangeTransform,
  type VoiTransform,
  voiTransformOf,
  type Window,
  windowTransform,
} from './voi-transform.ts';

/**
 * Draws a frame of one sample in greys (PS3.3 C.11, PS3.4 N.2): modality LUT, then the window asked for, else what the file
 * says, else from the frame's smallest to its largest value; MONOCHROME1 has white for the smallest (C.7.6.3.1.2).
 */
export function drawMonochrome(
  dataSet: DataSet,
  decoded: DecodedFrame,
  frame: number,
  window?: Window,
): Pixels {
  const modality = modalityTransform(dataSet, frame);
  const voi = window
    ? windowTransform(window)
    : (voiTransformOf(dataSet, frame) ?? rangeOfFrame(decoded, modality));
  const isInverted = decoded.photometricInterpretation === 'MONOCHROME1';
  const grey = (stored: number) => {
    const part = voi(modality(stored));
    return Math.round(255 * (isInverted ? 1 - part : part));
  };
  const { samples, columns, rows } = decoded;
  const data = new Uint8Array(samples.length);
  const { min, max } = extent(samples);
  if (max - min >= MAX_TABLE || samples instanceof Float32Array || samples instanceof Float64Array) {
    for (let i = 0; i < data.length; i++) data[i] = grey(samples[i] ?? 0);
  } else if (data.length > 0) {
    // A table of the values that occur: a CT has some thousands of the 65,536 that 16 bits can have.
    const table = Uint8Array.from({ length: max - min + 1 }, (_value, i) => grey(min + i));
    for (let i = 0; i < data.length; i++) data[i] = table[(samples[i] ?? 0) - min] ?? 0;
  }
  return { data, width: columns, height: rows, channels: 1 };
}

/** Entries of the largest table: beyond 16 bits it would be larger than the picture. */
const MAX_TABLE = 65_536;

/** The smallest and the largest of the finite values; turned round where there is none. */
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

/** Padding (C.7.5.1.1.2) counts too, as in dcmtk and in pydicom: what is seen is the same in all viewers. */
function rangeOfFrame({ samples }: DecodedFrame, modality: (stored: number) => number): VoiTransform {
  const { min, max } = extent(samples);
  // Nothing finite.
  if (min > max) return () => 0;
  const [one, other] = [modality(min), modality(max)];
  return rangeTransform(Math.min(one, other), Math.max(one, other));
}

/** From the stored value to what the modality measured (PS3.3 C.11.1): Hounsfield units, for example. */
function modalityTransform(dataSet: DataSet, frame: number): (stored: number) => number {
  if (isProjectionImage(textValue(dataSet, '00080016'))) return (stored) => stored;
  const item = dataSet.elements.get('00283000')?.items?.[0];
  const table = item && lookupTable(item, '00283002', '00283006');
  if (table) return (stored) => lookUp(table, stored);
  // Pixel Value Transformation (C.7.6.16.2.9), else the image's own.
  for (const group of groupsOfFrame(dataSet, frame, '00289145')) {
    const slope = numberValue(group, '00281053');
    const intercept = numberValue(group, '00281052');
    // A slope of 0 would make every pixel the same: nobody means that.
    if (slope !== undefined || intercept !== undefined)
      return (stored) => stored * (slope || 1) + (intercept ?? 0);
  }
  return (stored) => stored;
}
