import { expect, test } from 'vitest';
import { rangeOf } from '../../../web/src/patient/selection/select-range.ts';

const listed = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

test.each<[string, string | undefined, string, string]>([
  ['forwards', 'b', 'd', 'bcd'],
  ['backwards', 'd', 'b', 'bcd'],
  ['to itself', 'c', 'c', 'c'],
  ['from nothing', undefined, 'c', 'c'],
  ['from an image that is deleted', 'x', 'e', 'e'],
])('A range goes from one image to the other, both included: %s', (_name, from, to, expected) => {
  expect(
    rangeOf(listed, from, to)
      .map(({ id }) => id)
      .join(''),
  ).toBe(expected);
});
