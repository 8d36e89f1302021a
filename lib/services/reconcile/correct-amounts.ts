import type { AmountSums } from '../../data/reconcile/amount-sums.ts';
import type { Run } from './run.ts';

/** Corrects what is counted as stored by a person or of a patient, by what was added up of all items. */
export async function correctAmounts({ recounts, findings }: Run, sums: AmountSums): Promise<void> {
  for (const wrong of await recounts.ofAmounts(sums))
    await findings.examine(wrong.key.pk, () =>
      findings.add('wrongCount', JSON.stringify(wrong), () => recounts.correct(wrong)),
    );
}
