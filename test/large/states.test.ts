import fc from 'fast-check';
import { test } from 'vitest';
import { useOwnDatabase } from '../support/own-database.ts';
import { holds, Step, storesOf } from '../support/random-steps.ts';

const database = useOwnDatabase();

/** Sequences that run side by side, each with patients, batches, cases and images of its own. */
const AT_ONCE = 10;

test('Counts, lists and patients are right after each of five thousand sequences', async () => {
  const sequence = fc.array(Step, { minLength: 1, maxLength: 16, size: 'max' });
  const sequences = fc.array(sequence, { minLength: AT_ONCE, maxLength: AT_ONCE });
  const property = fc.asyncProperty(sequences, async (scripts) => {
    const stores = storesOf(database.table);
    await Promise.all(scripts.map((script) => holds(stores, script, 1, 4)));
  });
  await fc.assert(property, { numRuns: 5000 / AT_ONCE, endOnFailure: true });
}, 900_000);
