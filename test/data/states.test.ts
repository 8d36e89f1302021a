import fc from 'fast-check';
import { test } from 'vitest';
import { useOwnDatabase } from '../support/own-database.ts';
import { holds, Step, storesOf } from '../support/random-steps.ts';

const database = useOwnDatabase();
const LONG = { timeout: 300_000 };

test('Counts, lists and patients are right after two thousand steps, sixteen at a time', LONG, async () => {
  const steps = fc.array(Step, { minLength: 2000, maxLength: 2000, size: 'max' });
  const property = fc.asyncProperty(steps, (script) => holds(storesOf(database.table), script, 25, 16));
  await fc.assert(property, { numRuns: 1, endOnFailure: true });
});

test('They are right after each of fifty short sequences', LONG, async () => {
  const steps = fc.array(Step, { minLength: 1, maxLength: 30, size: 'max' });
  const property = fc.asyncProperty(steps, (script) => holds(storesOf(database.table), script, 1, 4));
  await fc.assert(property, { numRuns: 50, endOnFailure: true });
});
