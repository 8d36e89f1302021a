import type { AmountSums } from '../../data/reconcile/amount-sums.ts';
import type { Run } from './run.ts';

/**
 * Corrects what is counted as stored by a person or of a patient, by what was added up of all items. The log has the numbers and
 * not the key of the amount, which may be that of a patient.
 */
export async function correctAmounts({ recounts, findings }: Run, sums: AmountSums): Promise<void> {
  for (const wrong of await recounts.ofAmounts(sums)) {
    const resource = `amount ${JSON.stringify({ before: wrong.before, after: wrong.after })}`;
    await findings.examine(resource, () =>
      findings.add('wrongCount', resource, () => recounts.correct(wrong)),
    );
  }
}
