import type { GreyFrame } from '../../../lib/media/dicom/draw/grey-frame.ts';
import type { VoiTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import type { LoadedFrame } from './load-frame.ts';

/** The range of values from black to white. */
export type Range = Pick<VoiTransform, 'lower' | 'upper'>;

/**
 * The steps in which Cornerstone's tool windows an image in greys, from its lowest to its highest value: whether these are
 * Hounsfield units or fractions, dragging is as fast.
 */
export const STEPS = 65_535;

/** The initial window of a frame, in values of the modality; for colour images in display levels. */
export const ownRange = (loaded: LoadedFrame): Range =>
  loaded.kind === 'grey' ? loaded.grey.voi : { lower: 0, upper: 255 };

/** Converts values of the modality to steps, and back. */
export function toSteps({ lower, upper }: Range, loaded: LoadedFrame): Range {
  const { lowest, step } = scaleOf(loaded);
  return { lower: (lower - lowest) / step, upper: (upper - lowest) / step };
}

export function toMeasured({ lower, upper }: Range, loaded: LoadedFrame): Range {
  const { lowest, step } = scaleOf(loaded);
  return { lower: lower * step + lowest, upper: upper * step + lowest };
}

/** All values of a frame. */
export const fullRange = (loaded: LoadedFrame): Range => toMeasured({ lower: 0, upper: STEPS }, loaded);

const scaleOf = (loaded: LoadedFrame) =>
  loaded.kind === 'grey' ? stepsOf(loaded.grey) : { lowest: 0, step: 1 };

function stepsOf({ min, max, modality }: GreyFrame): { lowest: number; step: number } {
  // There is no finite value.
  if (min > max) return { lowest: 0, step: 1 };
  const ends = [modality(min), modality(max)];
  const lowest = Math.min(...ends);
  return { lowest, step: (Math.max(...ends) - lowest) / STEPS || 1 };
}
