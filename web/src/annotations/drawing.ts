import { ellipseWithin, MOST_POINTS } from '../../../lib/domain/annotations/geometry.ts';
import type { Vector } from '../../../lib/domain/images/affine.ts';
import type { Annotation } from '../api/types.ts';

export type Shape = NonNullable<Annotation['shape']>;
export type ShapeKind = Shape['kind'];

/** What can be drawn on a frame of DICOM, which says its own spacing. */
export const FRAME_KINDS: readonly ShapeKind[] = [
  'text',
  'arrow',
  'freehand',
  'ellipse',
  'polygon',
  'length',
  'angle',
  'area',
];
/** What can be drawn on a photograph, whose pixels have no known size before a calibration. */
export const PHOTO_KINDS: readonly ShapeKind[] = [...FRAME_KINDS, 'calibration'];

/** How many clicks make a shape; the others end by a click on their first or last point. */
const CLICKS: Readonly<Partial<Record<ShapeKind, number>>> = {
  text: 1,
  arrow: 2,
  length: 2,
  calibration: 2,
  ellipse: 2,
  angle: 3,
};
/** The fewest points of the others. */
const LEAST: Readonly<Partial<Record<ShapeKind, number>>> = { freehand: 2, polygon: 3, area: 3 };

/** A shape that is being drawn. The points are where the person clicked, in pixels of the original. */
export interface Drawing {
  kind: ShapeKind;
  points: readonly Vector[];
}

/** The drawing after a click, and whether it is finished by it. */
export interface Step {
  drawing: Drawing;
  isDone: boolean;
}

/**
 * Adds a point to a drawing.
 *
 * @param isAt whether two points are one for a person, at the present zoom
 */
export function addPoint({ kind, points }: Drawing, point: Vector, isAt: IsAt): Step {
  const clicks = CLICKS[kind];
  const [first] = points;
  const last = points.at(-1);
  if (clicks === undefined) {
    const ends = points.length >= (LEAST[kind] ?? 2) ? [last, ...(kind === 'freehand' ? [] : [first])] : [];
    if (ends.some((end) => end && isAt(end, point))) return { drawing: { kind, points }, isDone: true };
  }
  // A point twice at one place would be a line without a length.
  if (last && isAt(last, point)) return { drawing: { kind, points }, isDone: false };
  const drawing = { kind, points: fewEnough([...points, point]) };
  return { drawing, isDone: clicks !== undefined && drawing.points.length >= clicks };
}
type IsAt = (one: Vector, other: Vector) => boolean;

/** Adds a point of a line that is drawn with the button down. */
export const follow = ({ kind, points }: Drawing, point: Vector): Drawing => ({
  kind,
  points: fewEnough([...points, point]),
});

/** A line of very many points keeps every second one: nobody sees the difference. */
const fewEnough = (points: readonly Vector[]): readonly Vector[] =>
  points.length <= MOST_POINTS ? points : points.filter((_point, at) => at % 2 === 0);

/** Whether a drag from one point to another draws it, as well as two clicks. */
export const isDragged = (kind: ShapeKind): boolean => kind !== 'text' && !(kind in LEAST);

/** Whether a drawing has as many points as it needs. */
export const isEnough = ({ kind, points }: Drawing): boolean =>
  points.length >= (CLICKS[kind] ?? LEAST[kind] ?? 2);

/**
 * The points of the shape that is stored.
 *
 * @param corners the other way to see two points, in which an ellipse lies within the rectangle that the person has drawn
 */
export function pointsOf({ kind, points }: Drawing, { there, back }: TwoWays): Vector[] {
  const [one, other] = points;
  if (kind !== 'ellipse' || !one || !other) return [...points];
  return ellipseWithin(there(one), there(other)).map(back);
}

/** From pixels of the original to those of the screen, and back. */
export interface TwoWays {
  there: (point: Vector) => Vector;
  back: (point: Vector) => Vector;
}
