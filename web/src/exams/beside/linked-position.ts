import type { Plane, Vector } from './frame-plane.ts';

/** The images of a series, by their planes; undefined for those without. */
export type Planes = readonly (Plane | undefined)[];

/** Two images that belong together: those that were shown when the series were linked. */
export interface Anchor {
  from: number;
  to: number;
}

/** The cosine of the angle up to which planes count as parallel: that of about eight degrees. */
const PARALLEL = 0.99;

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Whether two series can be linked by position: all of their planes are known, and parallel. */
export function haveSamePlanes(from: Planes, to: Planes): boolean {
  const first = from[0];
  return (
    first !== undefined &&
    to.length > 0 &&
    [...from, ...to].every((each) => each && Math.abs(dot(each.normal, first.normal)) >= PARALLEL)
  );
}

/**
 * The image of one series that belongs to an image of another: the nearest one along the normal. In another frame of reference, as
 * of a prior study, positions are counted from the anchor. Where the series have no parallel planes, images are counted instead.
 */
export function linkedIndex(from: Planes, to: Planes, anchor: Anchor, index: number): number {
  const plane = from[index];
  if (!plane || !haveSamePlanes(from, to)) return within(index + anchor.to - anchor.from, to.length);
  const along = (each: Plane | undefined) => (each ? dot(each.position, plane.normal) : Number.NaN);
  const isSameSpace =
    plane.frameOfReference !== undefined && plane.frameOfReference === to[0]?.frameOfReference;
  const shift = isSameSpace ? 0 : along(to[anchor.to]) - along(from[anchor.from]);
  return nearest(to.map(along), along(plane) + (Number.isFinite(shift) ? shift : 0));
}

const within = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index));

function nearest(values: readonly number[], wanted: number): number {
  let best = 0;
  for (const [index, value] of values.entries()) {
    if (Math.abs(value - wanted) < Math.abs((values[best] ?? Number.NaN) - wanted)) best = index;
  }
  return best;
}
