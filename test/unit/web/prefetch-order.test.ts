import { describe, expect, test } from 'vitest';
import { prefetchCount, prefetchOrder } from '../../../web/src/dicom-viewer/reading/prefetch-order.ts';

describe('Frames are loaded ahead', () => {
  test('three in the direction of reading before one behind', () => {
    expect(prefetchOrder({ count: 100, index: 50, direction: 1 }, 8)).toEqual([
      51, 52, 53, 49, 54, 55, 56, 48,
    ]);
    expect(prefetchOrder({ count: 100, index: 50, direction: -1 }, 8)).toEqual([
      49, 48, 47, 51, 46, 45, 44, 52,
    ]);
  });

  test('on the other side where the list ends', () => {
    expect(prefetchOrder({ count: 100, index: 0, direction: 1 }, 4)).toEqual([1, 2, 3, 4]);
    expect(prefetchOrder({ count: 100, index: 98, direction: 1 }, 4)).toEqual([99, 97, 96, 95]);
    expect(prefetchOrder({ count: 100, index: 99, direction: 1 }, 3)).toEqual([98, 97, 96]);
  });

  test('each once, and no more than there are', () => {
    const order = prefetchOrder({ count: 5, index: 2, direction: 1 }, 50);
    expect(order.toSorted()).toEqual([0, 1, 3, 4]);
    expect(prefetchOrder({ count: 1, index: 0, direction: 1 }, 8)).toEqual([]);
  });
});

test('The larger a frame, the fewer are loaded ahead', () => {
  expect(prefetchCount(512 * 512 * 2)).toBe(16);
  expect(prefetchCount(24 * 1024 * 1024)).toBe(5);
  expect(prefetchCount(500 * 1024 * 1024)).toBe(2);
  expect(prefetchCount(0)).toBe(16);
});
