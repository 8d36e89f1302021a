import { type Attributes, numberOf, numbersOf } from '../../exams/dicom-json.ts';

export const SLOWEST = 1;
export const FASTEST = 60;
/** For files that say nothing, such as the slices of a CT. */
const USUAL = 10;

/**
 * The frames per second at which the file is to be played (PS3.3 C.7.6.5): the Recommended Display Frame Rate, the Cine Rate, or
 * the rate at which the frames were made, by Frame Time or Frame Time Vector, in milliseconds.
 */
export function cineRate(attributes: Attributes): number {
  const rate = [
    numberOf(attributes, '00082144'),
    numberOf(attributes, '00180040'),
    rateOf(numbersOf(attributes, '00181063')),
    // The first increment is that of the first frame, which is 0.
    rateOf(numbersOf(attributes, '00181065').slice(1)),
  ].find((each) => each !== undefined && each > 0);
  return boundedRate(rate ?? USUAL);
}

/** A rate that can be watched. */
export const boundedRate = (rate: number): number => Math.min(FASTEST, Math.max(SLOWEST, Math.round(rate)));

/** The frames per second of these times of a frame. */
function rateOf(milliseconds: readonly number[]): number | undefined {
  const sum = milliseconds.reduce((total, each) => total + each, 0);
  return sum > 0 ? (1000 * milliseconds.length) / sum : undefined;
}
