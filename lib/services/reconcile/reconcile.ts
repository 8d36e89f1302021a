import { AmountSums } from '../../data/reconcile/amount-sums.ts';
import type { Progress } from '../../data/reconcile/progress.ts';
import type { StoredAmount } from '../../domain/limits/storage-quota.ts';
import { correctAmounts } from './correct-amounts.ts';
import { reconcileAudit } from './reconcile-audit.ts';
import { reconcileItems } from './reconcile-items.ts';
import { reconcileObjects } from './reconcile-objects.ts';
import { reconcileUploads } from './reconcile-uploads.ts';
import type { Run } from './run.ts';

/**
 * Compares what is stored in the table, in the bucket and in the audit log, and repairs what is safe to repair.
 *
 * Uploads are examined in each run. The rest may take longer than a run lasts: it continues where the last run ended.
 *
 * @returns what all files occupy, if this run has completed the examination of the table
 */
export async function reconcile(
  run: Run,
  progress: Pick<Progress, 'get' | 'set'>,
): Promise<StoredAmount | undefined> {
  const { findings, isOver } = run;
  const known = await progress.get();
  const found = { ...known };
  let total: StoredAmount | undefined;
  await findings.examine('uploads', () => reconcileUploads(run));
  await findings.examine('the audit log', async () => {
    found.audit = await reconcileAudit(run, known.audit);
  });
  await findings.examine('the objects', async () => {
    if (found.part !== 'objects' || isOver()) return;
    found.object = await reconcileObjects(run, known.object);
    if (found.object === undefined) found.part = 'items';
  });
  await findings.examine('the table', async () => {
    if (found.part !== 'items' || isOver()) return;
    const sums = known.item === undefined ? new AmountSums(run.now()) : known.sums;
    found.item = await reconcileItems(run, known.item, sums);
    found.sums = found.item && sums;
    if (found.item !== undefined) return;
    found.part = 'objects';
    if (!sums) return;
    total = sums.total;
    await correctAmounts(run, sums);
  });
  await progress.set(found);
  return total;
}
