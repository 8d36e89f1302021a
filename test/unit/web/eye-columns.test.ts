import { expect, test } from 'vitest';
import { eyeColumns, eyeRows } from '../../../web/src/images/eye-columns.ts';

const sideOf = (name: string) => (name.startsWith('r') ? 'right' : name.startsWith('l') ? 'left' : 'unknown');

test('Images of both eyes are in two columns, the right eye on the left, and keep their order', () => {
  const columns = eyeColumns(['l1', 'r1', 'x1', 'l2', 'l3', 'x2', 'x3'], sideOf);
  expect(columns).toEqual({ right: ['r1'], left: ['l1', 'l2', 'l3'], others: ['x1', 'x2', 'x3'] });
  expect(columns && eyeRows(columns)).toEqual([
    ['r1', 'l1'],
    [undefined, 'l2'],
    [undefined, 'l3'],
    ['x1', 'x2'],
    ['x3'],
  ]);
});

test('Images of one eye, or of none, have no columns', () => {
  expect(eyeColumns(['l1', 'l2', 'x1'], sideOf)).toBe(undefined);
  expect(eyeColumns([], sideOf)).toBe(undefined);
});
