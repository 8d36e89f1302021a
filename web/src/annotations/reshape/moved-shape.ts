import type { Vector } from '../../../../lib/domain/images/affine.ts';
import type { Shape, TwoWays } from '../drawing.ts';

/** What of a shape is moved: the point of this index, or all of it. */
export type Target = number | 'whole';

/** More handles would cover what is drawn. */
const MOST_HANDLES = 100;

/** The points of a shape that can be moved each. Those of a line drawn by hand are too many and too near. */
export const movablePoints = ({ kind, points }: Shape): Shape['points'] =>
  kind === 'freehand' ? [] : points.slice(0, MOST_HANDLES);

/**
 * A shape of which a part was moved.
 *
 * @param by how far, in pixels of the screen
 */
export function movedShape(shape: Shape, target: Target, by: Vector, { there, back }: TwoWays): Shape {
  const places = shape.points.map(there);
  const moved = (place: Vector, at: number) => (target === 'whole' || target === at ? sum(place, by) : place);
  const to =
    shape.kind === 'ellipse' && target !== 'whole'
      ? ellipseWithEnd(places, target, moved(places[target] ?? by, target))
      : places.map(moved);
  return { ...shape, points: to.map((place) => pair(back(place))) };
}

/** The shape as it is stored: with the longer axis of an ellipse first, and no digits that nobody sees. */
export function settledShape(shape: Shape, there: (point: Vector) => Vector): Shape {
  const [a, b, c, d] = shape.points;
  const isTurned =
    shape.kind === 'ellipse' &&
    a &&
    b &&
    c &&
    d &&
    lengthOf(there(a), there(b)) < lengthOf(there(c), there(d));
  const points = isTurned ? [c, d, a, b] : shape.points;
  return { ...shape, points: points.map(([x, y]) => [rounded(x), rounded(y)]) };
}

/** An ellipse of which an end of an axis was moved: the other end stays, and the other axis keeps its length, across the moved one. */
function ellipseWithEnd(ends: readonly Vector[], index: number, end: Vector): readonly Vector[] {
  const opposite = ends[index ^ 1];
  const [one, other] = index < 2 ? ends.slice(2) : ends;
  if (!opposite || !one || !other) return ends;
  const length = lengthOf(opposite, end);
  // Without a direction there is no axis across it.
  if (length === 0) return ends;
  const half = lengthOf(one, other) / 2;
  const across: Vector = [
    (-half * (end[1] - opposite[1])) / length,
    (half * (end[0] - opposite[0])) / length,
  ];
  // Each end stays on its side.
  const side = across[0] * (one[0] - other[0]) + across[1] * (one[1] - other[1]) < 0 ? -1 : 1;
  const middle: Vector = [(end[0] + opposite[0]) / 2, (end[1] + opposite[1]) / 2];
  const moved = index % 2 === 0 ? [end, opposite] : [opposite, end];
  const kept = [side, -side].map((by) => sum(middle, [across[0] * by, across[1] * by]));
  return index < 2 ? [...moved, ...kept] : [...kept, ...moved];
}

const sum = ([ax, ay]: Vector, [bx, by]: Vector): Vector => [ax + bx, ay + by];
const lengthOf = ([ax, ay]: Vector, [bx, by]: Vector): number => Math.hypot(bx - ax, by - ay);
const pair = ([x, y]: Vector): [number, number] => [x, y];
/** A hundredth of a pixel, as the service keeps it. */
const rounded = (value: number): number => Math.round(value * 100) / 100;
