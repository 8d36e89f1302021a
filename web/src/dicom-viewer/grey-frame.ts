import type { Samples } from '../../../lib/media/dicom/decode/samples.ts';
import { isProjectionImage } from '../../../lib/media/dicom/draw/projection-image.ts';
import { type Attributes, groupsOfFrame, itemsOf, numberOf, textOf } from '../exams/dicom-json.ts';
import { type LookupTable, lookUp, lookupTable } from './lookup-table.ts';
import { extent, type GreyPixels } from './stored-values.ts';

/** The values from black to white. */
export interface Range {
  lower: number;
  upper: number;
}

/**
 * A frame in greys as the canvas takes it: whole numbers of 16 bits, in an even scale of what the modality measured, so
 * that a window is a straight line between two of them.
 */
export interface GreyFrame {
  samples: Uint16Array | Int16Array;
  min: number;
  max: number;
  /** What the file says how it is to be seen; else from the smallest to the largest value. */
  range: Range;
  /** To what the modality measured, such as Hounsfield units: value = sample × slope + intercept. */
  slope: number;
  intercept: number;
  isInverted: boolean;
}

/** What a frame's samples become before they are windowed (PS3.3 C.11.1 and C.11.2). */
interface Presentation {
  slope: number;
  intercept: number;
  modalityTable: LookupTable | undefined;
  /** A VOI LUT or a sigmoid: what is no straight line. From the modality's value to 0…1. */
  curve: ((value: number) => number) | undefined;
  /** In the modality's values. */
  range: Range | undefined;
}

/** What the file says of a frame, in the order in which the service reads it. */
export async function presentationOf(image: Attributes, frame: number): Promise<Presentation> {
  const isMeasured = !isProjectionImage(textOf(image, '00080016'));
  const modalityTable = isMeasured ? await lookupTable(itemsOf(image, '00283000')[0]) : undefined;
  const scales = isMeasured ? groupsOfFrame(image, frame, '00289145') : [];
  const scale = scales.find(
    (group) => numberOf(group, '00281053') !== undefined || numberOf(group, '00281052') !== undefined,
  );
  const rescale = {
    // A slope of 0 would make every pixel the same: nobody means that.
    slope: (scale && numberOf(scale, '00281053')) || 1,
    intercept: (scale && numberOf(scale, '00281052')) ?? 0,
  };
  const linear = modalityTable ? { slope: 1, intercept: 0 } : rescale;
  for (const group of groupsOfFrame(image, frame, '00289132')) {
    const table = await lookupTable(itemsOf(group, '00283010')[0]);
    if (table) {
      const curve = (value: number) => lookUp(table, value) / table.largest;
      return { ...linear, modalityTable, curve, range: undefined };
    }
    const window = windowOf(group);
    if (window) return { ...linear, modalityTable, ...window };
  }
  return { ...linear, modalityTable, curve: undefined, range: undefined };
}

/** The first window, where it makes sense: LINEAR takes a width of 1 or more, the others any above 0 (C.11.2.1.2). */
function windowOf(group: Attributes): Pick<Presentation, 'curve' | 'range'> | undefined {
  const center = numberOf(group, '00281050');
  const width = numberOf(group, '00281051');
  if (center === undefined || width === undefined || width <= 0) return undefined;
  const shape = textOf(group, '00281056');
  if (shape === 'SIGMOID') {
    return { curve: (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width)), range: undefined };
  }
  if (shape === 'LINEAR_EXACT') {
    return { curve: undefined, range: { lower: center - width / 2, upper: center + width / 2 } };
  }
  return width < 1 ? undefined : { curve: undefined, range: rangeOf(center, width) };
}

/** From a window to its two ends (C.11.2.1.2.1), and back. */
export const rangeOf = (center: number, width: number): Range => ({
  lower: center - 0.5 - (width - 1) / 2,
  upper: center - 0.5 + (width - 1) / 2,
});
export const windowFrom = ({ lower, upper }: Range) => ({
  center: (lower + upper + 1) / 2,
  width: upper - lower + 1,
});

const TOP = 65_535;

/** Makes samples ready for the canvas. */
export function greyFrame(
  stored: Samples,
  { isInverted }: Pick<GreyPixels, 'isInverted'>,
  { slope, intercept, modalityTable, curve, range }: Presentation,
): GreyFrame {
  const measured = (value: number) =>
    modalityTable ? lookUp(modalityTable, value) : value * slope + intercept;
  if (curve) {
    const samples = Uint16Array.from(stored, (value) => Math.round(TOP * curve(measured(value))));
    // The curve is in the samples: windowing goes on from what it gave.
    return finished(samples, { lower: 0, upper: TOP }, 1, 0, isInverted);
  }
  if (modalityTable) {
    const samples = Uint16Array.from(stored, (value) => lookUp(modalityTable, value));
    return finished(samples, range, 1, 0, isInverted);
  }
  const [min, max] = extent(stored);
  const isWhole = !(stored instanceof Float32Array || stored instanceof Float64Array);
  if (isWhole && slope > 0 && min >= -32_768 && max <= (min < 0 ? 32_767 : TOP)) {
    const samples = min < 0 ? Int16Array.from(stored) : Uint16Array.from(stored);
    return finished(samples, range && scaled(range, slope, intercept), slope, intercept, isInverted);
  }
  // 16 bits for all values that there are: more than any eye or screen tells apart.
  const [low, high] = [measured(min), measured(max)].sort((a, b) => a - b) as [number, number];
  const step = (high - low) / TOP || 1;
  const samples = Uint16Array.from(stored, (value) => Math.round((measured(value) - low) / step));
  return finished(samples, range && scaled(range, step, low), step, low, isInverted);
}

/** A range of what was measured, in samples. */
export const scaled = ({ lower, upper }: Range, slope: number, intercept: number): Range => ({
  lower: (lower - intercept) / slope,
  upper: (upper - intercept) / slope,
});

function finished(
  samples: GreyFrame['samples'],
  range: Range | undefined,
  slope: number,
  intercept: number,
  isInverted: boolean,
): GreyFrame {
  const [min, max] = extent(samples);
  // Nothing but one value: an empty mask is black, a full one white, as the service draws them.
  const full =
    max > min ? { lower: min, upper: max } : max > 0 ? rangeOf(max, 1) : { lower: max, upper: max + 1 };
  return { samples, min, max, range: range ?? full, slope, intercept, isInverted };
}
