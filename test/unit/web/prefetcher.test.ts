import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../web/src/dicom-viewer/frame.ts';
import { Prefetcher } from '../../../web/src/dicom-viewer/reading/prefetcher.ts';

const FRAMES: readonly Frame[] = Array.from({ length: 100 }, (_value, index) => ({
  imageId: String(index),
  path: { study: '1', series: '2', instance: String(index) },
  modality: 'CT',
  attributes: {},
  isComplete: true,
  number: 1,
  of: 1,
}));

/** A source whose loads end when the test says so. */
function heldSource(bytes = 1000) {
  const [loading, loaded] = [new Map<string, (bytes: number) => void>(), new Set<string>()];
  const cancelled: string[] = [];
  const prefetcher = new Prefetcher({
    isLoaded: ({ imageId }) => loaded.has(imageId),
    load: ({ imageId }) => new Promise((resolve) => loading.set(imageId, resolve)),
    cancel: ({ imageId }) => {
      loading.delete(imageId);
      cancelled.push(imageId);
    },
  });
  /** Ends the loads that are on their way now. */
  const finish = async () => {
    for (const [imageId, resolve] of [...loading]) {
      loading.delete(imageId);
      loaded.add(imageId);
      resolve(bytes);
    }
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { prefetcher, loading, loaded, cancelled, finish };
}
const sorted = (ids: Iterable<string>) => [...ids].map(Number).toSorted((a, b) => a - b);

describe('The frames around the wanted one are loaded', () => {
  test('few as long as their size is not known, then more, four at a time', async () => {
    const { prefetcher, loading, loaded, finish } = heldSource();
    prefetcher.aim(FRAMES, 50, 1);
    expect([...loading.keys()]).toEqual(['50', '51', '52']);
    await finish();
    expect([...loading.keys()]).toEqual(['53', '49', '54', '55']);
    while (loading.size > 0) await finish();
    expect(sorted(loaded)).toEqual(Array.from({ length: 17 }, (_value, index) => index + 46));
  });

  test('as many as there is memory for', async () => {
    const { prefetcher, loading, loaded, finish } = heldSource(64 * 1024 * 1024);
    prefetcher.aim(FRAMES, 50, 1);
    while (loading.size > 0) await finish();
    expect(sorted(loaded)).toEqual([50, 51, 52]);
  });

  test('and given up once the reader has gone elsewhere, or turns', async () => {
    const { prefetcher, loading, cancelled, finish } = heldSource();
    prefetcher.aim(FRAMES, 50, 1);
    for (let round = 0; round < 3; round++) await finish();
    expect(sorted(loading.keys())).toEqual([47, 59, 60, 61]);
    prefetcher.aim(FRAMES, 50, -1);
    expect(sorted(cancelled)).toEqual([59, 60, 61]);
    prefetcher.aim(FRAMES, 5, 1);
    expect(loading.has('5')).toBe(true);
    expect(loading.has('47')).toBe(false);
    prefetcher.stop();
    expect(loading.size).toBe(0);
  });

  test('and the one that is shown next is given up only when the wanted one is there', async () => {
    const { prefetcher, loading, cancelled, finish } = heldSource();
    prefetcher.aim(FRAMES, 50, 1);
    prefetcher.await(FRAMES[50]);
    loading.delete('50');
    prefetcher.aim(FRAMES, 90, 1);
    expect(cancelled).toEqual(['51', '52']);
    await finish();
    expect(cancelled).toEqual(['51', '52', '50']);
  });

  test('and the one that is shown next is given up for a wanted one that is there already', async () => {
    const { prefetcher, cancelled, finish } = heldSource();
    prefetcher.aim(FRAMES, 50, 1);
    await finish();
    prefetcher.await(FRAMES[53]);
    prefetcher.aim(FRAMES, 51, 1);
    expect(cancelled).toEqual(['53']);
  });

  test('again only if they are wanted, when they have failed', async () => {
    const loads: string[] = [];
    const prefetcher = new Prefetcher({
      isLoaded: () => false,
      load: ({ imageId }) => {
        loads.push(imageId);
        return Promise.reject(new Error('refused'));
      },
      cancel: () => undefined,
    });
    for (const index of [50, 50, 51]) {
      prefetcher.aim(FRAMES, index, 1);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(loads).toEqual(['50', '51', '52', '50', '51', '53']);
  });

  test('the wanted one at once, whatever else is on its way', () => {
    const { prefetcher, loading } = heldSource();
    for (let index = 10; index < 20; index++) {
      prefetcher.aim(FRAMES, index, 1);
      expect(loading.has(String(index))).toBe(true);
      expect(loading.size).toBeLessThanOrEqual(5);
    }
  });
});
