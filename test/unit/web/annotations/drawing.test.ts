import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_POINTS } from '../../../../lib/domain/annotations/geometry.ts';
import { Shape } from '../../../../lib/domain/annotations/shape.ts';
import type { Vector } from '../../../../lib/domain/images/affine.ts';
import {
  addPoint,
  type Drawing,
  follow,
  isEnough,
  pointsOf,
  type ShapeKind,
} from '../../../../web/src/annotations/drawing.ts';

const isAt = ([ax, ay]: Vector, [bx, by]: Vector) => Math.hypot(ax - bx, ay - by) <= 8;
const same = { there: (point: Vector) => point, back: (point: Vector) => point };

/** The points that clicks draw, once they have finished a shape. */
function drawn(kind: ShapeKind, clicks: readonly Vector[]): Vector[] | undefined {
  let drawing: Drawing = { kind, points: [] };
  for (const click of clicks) {
    const step = addPoint(drawing, click, isAt);
    drawing = step.drawing;
    if (step.isDone) return pointsOf(drawing, same);
  }
  return undefined;
}
const A: Vector = [0, 0];
const B: Vector = [100, 0];
const C: Vector = [100, 50];

describe('Clicks', () => {
  test('draw shapes of a fixed number of points', () => {
    expect(drawn('text', [B])).toEqual([B]);
    expect(drawn('length', [A, B])).toEqual([A, B]);
    expect(drawn('angle', [A, B])).toBeUndefined();
    expect(drawn('angle', [A, B, C])).toEqual([A, B, C]);
  });

  test('close a polygon at its first corner, or by a second click at the last one', () => {
    expect(drawn('polygon', [A, B, C])).toBeUndefined();
    expect(drawn('polygon', [A, B, C, [3, 3]])).toEqual([A, B, C]);
    expect(drawn('area', [A, B, C, [101, 51]])).toEqual([A, B, C]);
    // Two corners have no area.
    expect(drawn('area', [A, B, A])).toBeUndefined();
  });

  test('twice at one place are one point', () => {
    expect(drawn('length', [A, [1, 1], B])).toEqual([A, B]);
  });

  test('at two corners of a rectangle draw the ellipse within, its longer axis first', () => {
    expect(drawn('ellipse', [A, C])).toEqual([
      [0, 25],
      [100, 25],
      [50, 0],
      [50, 50],
    ]);
  });
});

test('Whatever is drawn is a shape that the service takes', () => {
  const kinds = ['text', 'arrow', 'length', 'ellipse', 'angle', 'polygon', 'area', 'freehand'] as const;
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 2000 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), points, (kind, clicks) => {
      const shape = drawn(kind, [...clicks, ...clicks.slice(-1)]);
      if (shape) expect(Shape.safeParse({ kind, points: shape }).error).toBeUndefined();
    }),
  );
});

test('A line of very many points keeps as many as are stored, and its shape', () => {
  let drawing: Drawing = { kind: 'freehand', points: [] };
  expect(isEnough(drawing)).toBe(false);
  for (let x = 0; x < 5000; x++) drawing = follow(drawing, [x, 0]);
  expect(drawing.points.length).toBeLessThanOrEqual(MOST_POINTS);
  expect(drawing.points.length).toBeGreaterThan(MOST_POINTS / 3);
  expect(drawing.points[0]).toEqual([0, 0]);
  expect(drawing.points.at(-1)).toEqual([4999, 0]);
  expect(isEnough(drawing)).toBe(true);
});
