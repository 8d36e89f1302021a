import { useRef, useState } from 'react';
import { type Affine, inverse, transformed, type Vector } from '../../../lib/domain/images/affine.ts';
import { addPoint, type Drawing, follow, isEnough, pointsOf, type ShapeKind } from './drawing.ts';

/** CSS pixels within which two points are one, and between the points of a line drawn by hand. */
const SAME = 8;
const APART = 2;

/**
 * A shape that is being drawn. Its points are kept in pixels of the original, so that zoom and pan may change meanwhile; all places given
 * to it are in CSS pixels of the stage.
 */
export function useDrawing(
  kind: ShapeKind,
  transform: Affine,
  onDrawn: (kind: ShapeKind, points: Vector[]) => void,
) {
  const [drawing, setShown] = useState<Drawing>({ kind, points: [] });
  // Several movements of a pointer may come before the next render.
  const current = useRef(drawing);
  const set = (next: Drawing) => {
    current.current = next;
    setShown(next);
  };
  const there = (point: Vector) => transformed(transform, point);
  const back = (place: Vector) => transformed(inverse(transform) ?? transform, place);
  const isAt = (one: Vector, other: Vector) => apart(there(one), there(other)) <= SAME;
  return {
    there,
    points: drawing.points,
    /** Adds a point, and tells whether the shape is finished by it. */
    add: (place: Vector): boolean => {
      const { drawing: next, isDone } = addPoint(current.current, back(place), isAt);
      set(next);
      return isDone;
    },
    /** Adds a point of a line that is drawn with the button down. */
    follow: (place: Vector) => {
      const last = current.current.points.at(-1);
      if (last && apart(there(last), place) >= APART) set(follow(current.current, back(place)));
    },
    finish: () => {
      if (isEnough(current.current)) onDrawn(kind, pointsOf(current.current, { there, back }));
    },
    reset: () => set({ kind, points: [] }),
    /** The points of the shape as it would be with another point. */
    shapeWith: (place: Vector | undefined): Vector[] => {
      const isNext = place && drawing.points.length > 0 && kind !== 'freehand';
      const points = isNext ? [...drawing.points, back(place)] : drawing.points;
      return pointsOf({ kind, points }, { there, back });
    },
  };
}

/** The distance of two places. */
export const apart = ([ax, ay]: Vector, [bx, by]: Vector): number => Math.hypot(bx - ax, by - ay);
