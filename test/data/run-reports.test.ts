import { expect, test } from 'vitest';
import { RunReports } from '../../lib/data/reconcile/run-reports.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
const at = (hour: number) => `2026-11-29T${hour}:00:00.000Z`;

test('Before the first runs there are no results; afterwards there is the last one of each', async () => {
  const reports = new RunReports(database.table);
  expect(await reports.last()).toEqual({ reconciliation: undefined, verification: undefined });
  const stored = { at: at(10), files: 3, bytes: 300 };
  await reports.putReconciliation({ endedAt: at(10), found: 1, unrepaired: 1, stored });
  await reports.putReconciliation({ endedAt: at(11), found: 0, unrepaired: 0, stored });
  await reports.putVerification({ endedAt: at(12), links: 9, verifiedLinks: 9, faults: 0 });
  const last = await reports.last();
  expect(last.reconciliation).toEqual({ endedAt: at(11), found: 0, unrepaired: 0, stored });
  expect(last.verification).toEqual({ endedAt: at(12), links: 9, verifiedLinks: 9, faults: 0 });
});
