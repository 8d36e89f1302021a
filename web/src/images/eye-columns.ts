import type { EyeSide } from '../api/types.ts';

/** Images of eyes as the examiner sees them: the right eye on the left. */
export interface EyeColumns<T> {
  right: T[];
  left: T[];
  /** Of both eyes, of none, or unknown. */
  others: T[];
}

/** Divides images into the columns of the two eyes; undefined if they are not of both eyes. */
export function eyeColumns<T>(
  images: readonly T[],
  sideOf: (image: T) => EyeSide | undefined,
): EyeColumns<T> | undefined {
  const of = (side: EyeSide) => images.filter((image) => sideOf(image) === side);
  const [right, left] = [of('right'), of('left')];
  if (right.length === 0 || left.length === 0) return undefined;
  const isOther = (image: T) => !['right', 'left'].includes(sideOf(image) ?? '');
  return { right, left, others: images.filter(isOther) };
}

/** Rows of two, with a gap where an eye has fewer images; the others follow two by two. */
export function eyeRows<T>({ right, left, others }: EyeColumns<T>): (T | undefined)[][] {
  const rows = Array.from({ length: Math.max(right.length, left.length) }, (_value, row) => [
    right[row],
    left[row],
  ]);
  for (let start = 0; start < others.length; start += 2) rows.push(others.slice(start, start + 2));
  return rows;
}
