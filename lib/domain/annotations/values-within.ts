import type { Vector } from '../images/affine.ts';
import { ellipseOf } from './geometry.ts';

/** What the pixels within a shape have for values. */
export interface Values {
  mean: number;
  min: number;
  max: number;
  /** Of all these pixels: the population standard deviation. */
  deviation: number;
  pixels: number;
}

/** A frame whose pixels have values. */
export interface ValuedFrame {
  width: number;
  height: number;
  /** The value of a pixel, counted from 0. */
  valueAt: (x: number, y: number) => number;
}

/** The values of the pixels whose middle lies within an ellipse or a polygon; undefined if there is none. */
export function valuesWithin(
  { kind, points }: { kind: string; points: readonly Vector[] },
  { width, height, valueAt }: ValuedFrame,
): Values | undefined {
  const isWithin = kind === 'ellipse' ? withinEllipse(points) : withinPolygon(points);
  const { left, top, right, bottom } = boundsOf(kind === 'ellipse' ? cornersOf(points) : points);
  let [pixels, mean, squares, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
      if (!isWithin(x + 0.5, y + 0.5)) continue;
      const value = valueAt(x, y);
      if (!Number.isFinite(value)) continue;
      // Welford's method: a difference of large sums would lose digits.
      pixels += 1;
      const change = value - mean;
      mean += change / pixels;
      squares += change * (value - mean);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return pixels > 0 ? { mean, min, max, deviation: Math.sqrt(squares / pixels), pixels } : undefined;
}

function boundsOf(points: readonly Vector[]) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)),
    bottom: Math.ceil(Math.max(...ys)),
  };
}

/** The corners of the parallelogram about an ellipse. */
function cornersOf(points: readonly Vector[]): Vector[] {
  const ellipse = ellipseOf(points);
  if (!ellipse) return [];
  const { middle, one, other } = ellipse;
  return [-1, 1].flatMap((i) =>
    [-1, 1].map(
      (j): Vector => [middle[0] + i * one[0] + j * other[0], middle[1] + i * one[1] + j * other[1]],
    ),
  );
}

function withinEllipse(points: readonly Vector[]) {
  const ellipse = ellipseOf(points);
  if (!ellipse) return () => false;
  const { middle, one, other } = ellipse;
  const area = one[0] * other[1] - one[1] * other[0];
  return (x: number, y: number) => {
    const [dx, dy] = [x - middle[0], y - middle[1]];
    const along = (dx * other[1] - dy * other[0]) / area;
    const across = (one[0] * dy - one[1] * dx) / area;
    return along ** 2 + across ** 2 <= 1;
  };
}

/** By the even-odd rule, as a polygon is drawn that crosses itself. */
const withinPolygon = (corners: readonly Vector[]) => (x: number, y: number) => {
  let isWithin = false;
  for (const [at, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners[(at + 1) % corners.length] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isWithin = !isWithin;
  }
  return isWithin;
};
