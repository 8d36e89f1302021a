import { expect, test } from 'vitest';
import { steadyOrder } from '../../../web/src/patient/steady-order.ts';

const order = (shown: string, latest: string) => steadyOrder([...shown], [...latest]).join('');

test('New images come last, wherever they are in the list', () => {
  expect(order('ac', 'abcd')).toBe('acbd');
});

test('Images that are gone leave their places empty, and those after them stay', () => {
  expect(order('abcd', 'bd')).toBe('abcd');
  expect(order('abcd', 'bxd')).toBe('abcdx');
});

test('Images that somebody moved are at their new places at once', () => {
  expect(order('abcd', 'bacd')).toBe('bacd');
  expect(order('acb', 'cab')).toBe('cab');
});
