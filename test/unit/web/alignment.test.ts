import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Alignment,
  align,
  aligned,
  centreOf,
  type Point,
  type TwoPoints,
} from '../../../web/src/compare/alignment.ts';

const near = ({ x, y }: Point) => ({ x: expect.closeTo(x, 6), y: expect.closeTo(y, 6) });
const part = fc.double({ min: 0, max: 1, noNaN: true });
const point = fc.record({ x: part, y: part });
const apart = fc
  .tuple(point, point)
  .filter(([one, other]) => Math.hypot(one.x - other.x, one.y - other.y) > 0.05);

describe('Two points of each image', () => {
  test.each<[string, TwoPoints, TwoPoints, Alignment]>([
    [
      'in the same places change nothing',
      [
        { x: 0.2, y: 0.3 },
        { x: 0.6, y: 0.4 },
      ],
      [
        { x: 0.2, y: 0.3 },
        { x: 0.6, y: 0.4 },
      ],
      { scale: 1, rotation: 0, x: 0, y: 0 },
    ],
    [
      'farther right and down in the lower image move the upper one there',
      [
        { x: 0.5, y: 0.6 },
        { x: 0.7, y: 0.6 },
      ],
      [
        { x: 0.4, y: 0.3 },
        { x: 0.6, y: 0.3 },
      ],
      { scale: 1, rotation: 0, x: 0.1, y: 0.3 },
    ],
    [
      'twice as far apart in the lower image enlarge the upper one',
      [
        { x: 0.1, y: 0.5 },
        { x: 0.9, y: 0.5 },
      ],
      [
        { x: 0.3, y: 0.5 },
        { x: 0.7, y: 0.5 },
      ],
      { scale: 2, rotation: 0, x: -0.5, y: -0.5 },
    ],
    [
      'below each other instead of beside each other turn it clockwise',
      [
        { x: 0.5, y: 0.2 },
        { x: 0.5, y: 0.8 },
      ],
      [
        { x: 0.2, y: 0.5 },
        { x: 0.8, y: 0.5 },
      ],
      { scale: 1, rotation: Math.PI / 2, x: 1, y: 0 },
    ],
  ])('%s', (_name, lower, upper, expected) => {
    const found = align(lower, upper);
    for (const [key, value] of Object.entries(expected)) {
      expect(found?.[key as keyof Alignment]).toBeCloseTo(value, 6);
    }
  });

  test('lie on each other, whatever they are', () => {
    fc.assert(
      fc.property(apart, apart, (lower, upper) => {
        const found = align(lower, upper);
        if (!found) throw new Error('expected an alignment, received none');
        expect(aligned(upper[0], found)).toEqual(near(lower[0]));
        expect(aligned(upper[1], found)).toEqual(near(lower[1]));
      }),
    );
  });

  test('in one place of an image align nothing', () => {
    const one = { x: 0.5, y: 0.5 };
    const other = { x: 0.6, y: 0.5 };
    expect(align([one, one], [one, other])).toBe(undefined);
    expect(align([one, other], [other, { ...other, y: 0.5001 }])).toBe(undefined);
  });
});

describe('The centre of the upper image', () => {
  test('is on that of the lower one if nothing is changed', () => {
    expect(centreOf({ scale: 1, rotation: 0, x: 0, y: 0 }, 1.5, 1.5)).toEqual(near({ x: 0, y: 0 }));
  });

  test('is where its points need it, also between images of different shapes', () => {
    // The upper image is upright, half as wide as high; the lower one is twice as wide as high.
    const found = align(
      [
        { x: 0.25, y: 0.25 },
        { x: 0.75, y: 0.25 },
      ],
      [
        { x: 0, y: 1 },
        { x: 1, y: 1 },
      ],
    );
    expect(found).toMatchObject({ scale: 0.5 });
    expect(centreOf(found as Alignment, 2, 0.5)).toEqual(near({ x: 0, y: 0 }));
  });
});
