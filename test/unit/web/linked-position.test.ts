import { describe, expect, test } from 'vitest';
import { type Plane, planeOf, type Vector } from '../../../web/src/exams/beside/frame-plane.ts';
import { linkedIndex, type Planes } from '../../../web/src/exams/beside/linked-position.ts';

const UP: Vector = [0, 0, 1];
const stack = (count: number, first: number, step: number, own: Partial<Plane> = {}): Planes =>
  Array.from({ length: count }, (_value, index) => ({
    position: [5, -7, first + index * step],
    normal: UP,
    frameOfReference: '1.2.3',
    ...own,
  }));
const AT_START = { from: 0, to: 0 };

describe('Linked series', () => {
  const thin = stack(100, 0, 1);

  test('show the same position, however thick their slices are', () => {
    const thick = stack(20, 0, 5);
    expect([0, 10, 52, 53, 99].map((index) => linkedIndex(thin, thick, AT_START, index))).toEqual([
      0, 2, 10, 11, 19,
    ]);
    expect(linkedIndex(thick, thin, AT_START, 7)).toBe(35);
  });

  test('also if one runs the other way, or its normal points the other way', () => {
    expect(linkedIndex(thin, stack(100, 99, -1), AT_START, 10)).toBe(89);
    expect(linkedIndex(thin, stack(100, 0, 1, { normal: [0, 0, -1] }), AT_START, 10)).toBe(10);
  });

  test('of another frame of reference keep the distance that they had when they were linked', () => {
    const prior = stack(50, 1000, 2, { frameOfReference: '9.9' });
    expect(linkedIndex(thin, prior, { from: 40, to: 10 }, 40)).toBe(10);
    expect(linkedIndex(thin, prior, { from: 40, to: 10 }, 46)).toBe(13);
    expect(linkedIndex(thin, prior, { from: 40, to: 10 }, 0)).toBe(0);
    const unnamed = stack(50, 1000, 2, { frameOfReference: undefined });
    expect(linkedIndex(thin, unnamed, { from: 40, to: 10 }, 46)).toBe(13);
  });

  test('without parallel planes count images', () => {
    const coronal = stack(50, 0, 1, { normal: [0, 1, 0] });
    expect(linkedIndex(thin, coronal, { from: 10, to: 20 }, 12)).toBe(22);
    expect(linkedIndex(thin, [undefined, undefined, undefined], AT_START, 2)).toBe(2);
    expect(linkedIndex(thin, [undefined, undefined, undefined], AT_START, 50)).toBe(2);
    expect(linkedIndex([undefined], thin, AT_START, 0)).toBe(0);
  });
});

describe('The plane of a frame', () => {
  const ds = (...Value: number[]) => ({ vr: 'DS', Value });
  const sq = (...Value: object[]) => ({ vr: 'SQ', Value });

  test('is that of its file', () => {
    const attributes = {
      '00200032': ds(1, 2, 3),
      '00200037': ds(0, 1, 0, 0, 0, -1),
      '00200052': { vr: 'UI', Value: ['1.2.3'] },
    };
    expect(planeOf({ attributes, number: 1 })).toEqual({
      position: [1, 2, 3],
      normal: [-1, 0, 0],
      frameOfReference: '1.2.3',
    });
  });

  test('or that of its functional groups', () => {
    const attributes = {
      '52009229': sq({ '00209116': sq({ '00200037': ds(1, 0, 0, 0, 1, 0) }) }),
      '52009230': sq(
        { '00209113': sq({ '00200032': ds(0, 0, 10) }) },
        { '00209113': sq({ '00200032': ds(0, 0, 12) }) },
      ),
    };
    expect(planeOf({ attributes, number: 2 })).toEqual({
      position: [0, 0, 12],
      normal: [0, 0, 1],
      frameOfReference: undefined,
    });
  });

  test('is not known without position or orientation, or if row and column are one', () => {
    expect(planeOf({ attributes: { '00200032': ds(1, 2, 3) }, number: 1 })).toBeUndefined();
    expect(planeOf({ attributes: { '00200037': ds(1, 0, 0, 0, 1, 0) }, number: 1 })).toBeUndefined();
    const attributes = { '00200032': ds(1, 2, 3), '00200037': ds(1, 0, 0, 1, 0, 0) };
    expect(planeOf({ attributes, number: 1 })).toBeUndefined();
  });
});
