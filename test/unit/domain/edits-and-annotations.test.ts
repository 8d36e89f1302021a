import { expect, test } from 'vitest';
import { annotationVersionKey, editKey } from '../../../lib/data/keys.ts';
import { EditSteps } from '../../../lib/domain/images/image-edit.ts';

const isValid = (steps: object) => EditSteps.safeParse(steps).success;

test('Edits that are not given change nothing', () => {
  expect(EditSteps.parse({})).toEqual({
    isFlipped: false,
    quarterTurns: 0,
    straightenDegrees: 0,
    brightness: 0,
    contrast: 0,
  });
});

test('Edits have one form each, and a crop lies within the picture', () => {
  expect(isValid({ quarterTurns: 4 })).toBe(false);
  expect(isValid({ straightenDegrees: 46 })).toBe(false);
  expect(isValid({ sharpness: 1 })).toBe(false);
  expect(isValid({ crop: { left: 0.5, top: 0, width: 0.5, height: 1 } })).toBe(true);
  expect(isValid({ crop: { left: 0.6, top: 0, width: 0.5, height: 1 } })).toBe(false);
  expect(isValid({ crop: { left: 0, top: 0, width: 0, height: 1 } })).toBe(false);
});

test('Versions are sorted by their number', () => {
  const keys = [10, 9, 100].map((version) => editKey('i', version).sk);
  expect([...keys].sort()).toEqual([9, 10, 100].map((version) => editKey('i', version).sk));
  const annotations = [10, 9].map((version) => annotationVersionKey({ of: 'i', id: 'a', version }).sk);
  expect([...annotations].sort()).toEqual(annotations.reverse());
});
