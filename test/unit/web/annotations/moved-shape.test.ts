import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Affine, inverse, transformed, type Vector } from '../../../../lib/domain/images/affine.ts';
import type { Shape } from '../../../../web/src/annotations/drawing.ts';
import {
  movablePoints,
  movedShape,
  settledShape,
} from '../../../../web/src/annotations/reshape/moved-shape.ts';

/** Zoomed to the double, and turned by a quarter. */
const TURNED: Affine = [0, 2, -2, 0, 300, 40];
const waysOf = (transform: Affine) => ({
  there: (point: Vector) => transformed(transform, point),
  back: (place: Vector) => transformed(inverse(transform) as Affine, place),
});
const SAME = waysOf([1, 0, 0, 1, 0, 0]);
const length: Shape = {
  kind: 'length',
  points: [
    [10, 20],
    [30, 20],
  ],
};
const ellipse: Shape = {
  kind: 'ellipse',
  points: [
    [0, 50],
    [100, 50],
    [50, 30],
    [50, 70],
  ],
};
const apart = ([ax, ay]: Vector = [0, 0], [bx, by]: Vector = [0, 0]) => Math.hypot(bx - ax, by - ay);

describe('A shape', () => {
  test('is moved as a whole, by the way on the screen', () => {
    const { points } = movedShape(length, 'whole', [10, 4], waysOf(TURNED));
    expect(points).toEqual([
      [12, 15],
      [32, 15],
    ]);
  });

  test('is moved by one of its points, and the others stay', () => {
    expect(movedShape(length, 1, [5, -5], SAME)).toEqual({
      kind: 'length',
      points: [
        [10, 20],
        [35, 15],
      ],
    });
  });

  test('keeps its known length', () => {
    const calibration: Shape = { ...length, kind: 'calibration', millimetres: 50 };
    expect(movedShape(calibration, 0, [1, 1], SAME).millimetres).toBe(50);
  });

  test('drawn by hand is moved as a whole only, and others by at most 100 points', () => {
    const points = Array.from({ length: 300 }, (_value, at): [number, number] => [at, at]);
    expect(movablePoints({ kind: 'freehand', points })).toEqual([]);
    expect(movablePoints({ kind: 'polygon', points })).toHaveLength(100);
  });
});

describe('An ellipse', () => {
  test('keeps the other end of an axis, and the length of the other axis', () => {
    const { points } = movedShape(ellipse, 1, [20, 0], SAME);
    expect(points).toEqual([
      [0, 50],
      [120, 50],
      [60, 30],
      [60, 70],
    ]);
  });

  test('stays one, whatever end is moved to wherever', () => {
    const axis = fc.integer({ min: -40, max: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), axis, axis, (target, x, y) => {
        const [a, b, c, d] = movedShape(ellipse, target, [x, y], waysOf(TURNED)).points;
        if (!a || !b || !c || !d) throw new Error('expected four ends');
        const [one, other] = [
          [b[0] - a[0], b[1] - a[1]],
          [d[0] - c[0], d[1] - c[1]],
        ] as const;
        expect(Math.abs(one[0] * other[0] + one[1] * other[1])).toBeLessThan(1e-6);
        expect(
          apart([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2]),
        ).toBeLessThan(1e-9);
        const kept = target < 2 ? ([c, d, 40] as const) : ([a, b, 100] as const);
        expect(apart(kept[0], kept[1])).toBeCloseTo(kept[2], 6);
      }),
    );
  });

  test('is as before where an end is moved onto the other one', () => {
    expect(movedShape(ellipse, 0, [100, 0], SAME).points).toEqual(ellipse.points);
  });

  test('is stored with its longer axis first, in hundredths of a pixel', () => {
    const narrow = movedShape(ellipse, 1, [-80.001, 0], SAME);
    expect(settledShape(narrow, SAME.there).points).toEqual([
      [10, 30],
      [10, 70],
      [0, 50],
      [20, 50],
    ]);
    expect(settledShape(ellipse, SAME.there)).toEqual(ellipse);
  });
});
