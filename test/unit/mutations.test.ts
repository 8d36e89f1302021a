import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faults } from '../mutations/faults.ts';

const root = join(import.meta.dirname, '../..');

test.each(faults)('The fault can be inserted: $means', ({ file, original, replacement, tests }) => {
  expect(readFileSync(join(root, file), 'utf8').split(original)).toHaveLength(2);
  expect(replacement).not.toBe(original);
  expect(tests.filter((each) => !existsSync(join(root, each)))).toEqual([]);
});
