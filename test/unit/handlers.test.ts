import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { functions } from '../../functions/functions.ts';

const lines = functions
  .map(({ id, entry }) => {
    const path = join(import.meta.dirname, '../..', entry);
    return { id, lines: readFileSync(path, 'utf8').trimEnd().split('\n').length };
  })
  .sort((one, other) => one.lines - other.lines);

test('no handler is longer than 45 lines', () => {
  expect(lines.filter((each) => each.lines > 45)).toEqual([]);
});

test('half of the handlers have at most 25 lines', () => {
  expect(lines[Math.floor(lines.length / 2)]?.lines).toBeLessThanOrEqual(25);
});
