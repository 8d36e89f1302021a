import { expect, test } from 'vitest';
import { fitWhenTurned, flipped, turned, UPRIGHT } from '../../../web/src/dicom-viewer/orientation.ts';

test('Four quarters, and two flips, are none', () => {
  expect(turned(turned(turned(turned(UPRIGHT))))).toEqual(UPRIGHT);
  expect(flipped(flipped(turned(UPRIGHT)))).toEqual(turned(UPRIGHT));
});

test('A flip is left to right on the screen, however the image is turned', () => {
  // A flip between two quarters in the same direction takes the first one back.
  expect(turned(flipped(turned(UPRIGHT)))).toEqual(flipped(UPRIGHT));
  expect(flipped(turned(UPRIGHT))).toEqual({ rotation: 270, isFlipped: true });
});

test('An image that is turned fits into the stage', () => {
  const stage = { width: 200, height: 100 };
  expect(fitWhenTurned(UPRIGHT, stage, { width: 20, height: 10 })).toBe(1);
  expect(fitWhenTurned(turned(UPRIGHT), stage, { width: 20, height: 10 })).toBe(0.5);
  expect(fitWhenTurned(turned(UPRIGHT), stage, { width: 10, height: 20 })).toBe(2);
});
