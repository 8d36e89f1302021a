import { expect, test } from 'vitest';
import { sliceOf } from '../../../bin/bundles/named-dependencies.ts';

const SOURCE = `// The dependencies.
import { Batches } from '../data/batches.ts';
import { connect, type Table } from '../data/table.ts';
import { Images } from '../data/images.ts';
let connected: Table | undefined;
const table = () => {
  connected ??= connect();
  return connected;
};
export const batches = () => new Batches(table());
/** The images of batches. */
export const images = () => new Images(table());
export const timeZone = () => 'Europe/Berlin';
export const exporting = {
  images,
  timeZone,
};
`;

test('only what the names need is left, each line in its place', () => {
  expect(sliceOf(SOURCE, ['images'])).toBe(`// The dependencies.

import { connect, type Table } from '../data/table.ts';
import { Images } from '../data/images.ts';
let connected: Table | undefined;
const table = () => {
  connected ??= connect();
  return connected;
};


export const images = () => new Images(table());





`);
});

test('a group has all of its members', () => {
  expect(sliceOf(SOURCE, ['exporting'])).toMatch(
    /new Images\(table\(\)\);\nexport const timeZone = .*\nexport const exporting = \{\n {2}images,\n {2}timeZone,\n\};/,
  );
  expect(sliceOf(SOURCE, ['exporting'])).not.toContain('Batches');
});
