import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  angleAt,
  calibratedSize,
  distance,
  ellipseArea,
  ellipseOf,
  ellipseWithin,
  onEllipse,
  polygonArea,
} from '../../../lib/domain/annotations/geometry.ts';
import { valuesWithin } from '../../../lib/domain/annotations/values-within.ts';
import { transformed, type Vector } from '../../../lib/domain/images/affine.ts';

const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true });
const vector = fc.tuple(coordinate, coordinate);
const SQUARE: Vector[] = [
  [1000, 1000],
  [1010, 1000],
  [1010, 1020],
  [1000, 1020],
];

describe('A length', () => {
  test('is the number of pixels by their spacing, in each direction', () => {
    expect(distance([10, 20], [13, 24])).toBe(5);
    expect(distance([0, 0], [100, 0], { x: 0.25, y: 0.5 })).toBe(25);
    expect(distance([0, 0], [0, 100], { x: 0.25, y: 0.5 })).toBe(50);
  });

  test('does not depend on where it begins, and a rotation keeps it', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0, max: 7, noNaN: true }), (from, to, angle) => {
        const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
        const turn = (point: Vector) => transformed([cosine, sine, -sine, cosine, 3, 4], point);
        expect(distance(to, from)).toBe(distance(from, to));
        expect(distance(turn(from), turn(to))).toBeCloseTo(distance(from, to), 6);
      }),
    );
  });

  test('that is known gives the size of a pixel', () => {
    expect(
      calibratedSize(
        [
          [0, 0],
          [30, 40],
        ],
        10,
      ),
    ).toEqual({ x: 0.2, y: 0.2 });
    expect(
      calibratedSize(
        [
          [5, 5],
          [5, 5],
        ],
        10,
      ),
    ).toBeUndefined();
  });
});

describe('An angle', () => {
  test('is measured at its vertex, in millimetres where pixels are not square', () => {
    expect(angleAt([10, 0], [0, 0], [0, 7])).toBeCloseTo(90, 10);
    expect(angleAt([10, 0], [0, 0], [-3, 0])).toBeCloseTo(180, 10);
    expect(angleAt([10, 0], [0, 0], [10, 10])).toBeCloseTo(45, 10);
    expect(angleAt([10, 0], [0, 0], [10, 10], { x: 1, y: Math.sqrt(3) })).toBeCloseTo(60, 10);
    expect(angleAt([0, 0], [0, 0], [1, 1])).toBeUndefined();
  });
});

describe('An area', () => {
  test('is that of its corners, wherever they are and in whichever direction', () => {
    expect(polygonArea(SQUARE)).toBe(200);
    expect(polygonArea(SQUARE.toReversed())).toBe(200);
    expect(polygonArea(SQUARE, { x: 0.5, y: 2 })).toBe(200);
    expect(polygonArea([])).toBe(0);
  });

  test('of an ellipse is almost that of many points on it', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(vector, side, side, ([x, y], width, height) => {
        const ellipse = ellipseOf(ellipseWithin([x, y], [x + width, y + height]));
        if (!ellipse) throw new Error('expected an ellipse');
        expect(ellipseArea(ellipse) / (width * height)).toBeCloseTo(Math.PI / 4, 6);
        expect(polygonArea(onEllipse(ellipse, 720)) / ellipseArea(ellipse)).toBeCloseTo(1, 4);
      }),
    );
  });

  test('of an ellipse has its longer axis first', () => {
    expect(ellipseWithin([0, 0], [4, 10])).toEqual([
      [2, 0],
      [2, 10],
      [0, 5],
      [4, 5],
    ]);
  });
});

describe('The values within a shape', () => {
  const frame = { width: 20, height: 20, valueAt: (x: number, y: number) => x + 100 * y };
  const box: Vector[] = [
    [2, 3],
    [5, 3],
    [5, 5],
    [2, 5],
  ];

  test('are those of the pixels whose middle is within', () => {
    expect(valuesWithin({ kind: 'polygon', points: box }, frame)).toEqual({
      mean: 353,
      min: 302,
      max: 404,
      deviation: expect.closeTo(Math.sqrt(2500 + 2 / 3), 9),
      pixels: 6,
    });
    const circle = { kind: 'ellipse', points: ellipseWithin([4, 4], [14, 14]) };
    expect(valuesWithin(circle, frame)).toMatchObject({ mean: expect.closeTo(858.5, 9), pixels: 80 });
  });

  test('are none outside of the frame, and none that is no number', () => {
    const outside = box.map(([x, y]): Vector => [x - 40, y]);
    expect(valuesWithin({ kind: 'polygon', points: outside }, frame)).toBeUndefined();
    expect(
      valuesWithin({ kind: 'polygon', points: box }, { ...frame, valueAt: () => Number.NaN }),
    ).toBeUndefined();
  });
});
