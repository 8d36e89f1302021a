import { expect, test, vi } from 'vitest';
import { AmountSums } from '../../../lib/data/reconcile/amount-sums.ts';
import { logger } from '../../../lib/lambda/http/response.ts';
import { correctAmounts } from '../../../lib/services/reconcile/correct-amounts.ts';
import { Findings } from '../../../lib/services/reconcile/findings.ts';
import type { Run } from '../../../lib/services/reconcile/run.ts';

const wrong = {
  key: { pk: 'PATIENT#P-1001', sk: 'STORED' },
  before: { bytes: 5, files: 1 },
  after: { bytes: 7, files: 2 },
};

test.each([true, false])(
  'The log of a wrong amount has its numbers and no patient: corrected %s',
  async (works) => {
    const lines = [vi.spyOn(logger, 'warn'), vi.spyOn(logger, 'error')];
    const findings = new Findings();
    const correct = vi.fn(async () => {
      if (!works) throw new Error('throttled');
    });
    const recounts = { ofAmounts: async () => [wrong], correct };
    await correctAmounts({ recounts, findings } as unknown as Run, new AmountSums(new Date()));
    expect(correct).toHaveBeenCalledWith(wrong);
    const logged = JSON.stringify(lines.flatMap(({ mock }) => mock.calls));
    expect(logged).toContain('wrongCount');
    expect(logged).toContain('files');
    expect(logged).not.toContain('P-1001');
    // What failed counts as wrong, and as not examined.
    expect(findings.unrepaired).toBe(works ? 0 : 2);
  },
);
