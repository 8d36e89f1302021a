import { expect, test } from 'vitest';
import { boundedRate, cineRate } from '../../../web/src/dicom-viewer/reading/cine-rate.ts';

const ds = (...Value: number[]) => ({ vr: 'DS', Value });

test('The recommended rate counts before the cine rate, and both before the times of the frames', () => {
  const all = { '00082144': ds(25), '00180040': ds(15), '00181063': ds(100) };
  expect(cineRate(all)).toBe(25);
  expect(cineRate({ ...all, '00082144': ds() })).toBe(15);
  expect(cineRate({ '00181063': ds(33.3) })).toBe(30);
  expect(cineRate({ '00181065': ds(0, 40, 40, 20, 60) })).toBe(25);
});

test('Without a rate, or with a senseless one, there is one at which frames can be watched', () => {
  expect(cineRate({})).toBe(10);
  expect(cineRate({ '00180040': ds(0), '00181063': ds(0) })).toBe(10);
  expect(cineRate({ '00180040': ds(-5) })).toBe(10);
  expect(cineRate({ '00180040': ds(500) })).toBe(60);
  expect(boundedRate(0.2)).toBe(1);
});
