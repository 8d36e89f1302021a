import { v7 as newId } from 'uuid';
import { expect, test, vi } from 'vitest';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { examineImage } from '../../../lib/services/reconcile/examine-image.ts';
import { Findings } from '../../../lib/services/reconcile/findings.ts';
import type { Run } from '../../../lib/services/reconcile/run.ts';

const uploadedAt = new Date('2026-01-01T00:00:00Z');
const given = { id: newId(), fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize: 1, patientId: 'P-1' };
const image = newImage(given, { role: 'doctor', subject: 'd' }, uploadedAt, 'UTC');

test.each([
  ['an upload that never arrived', true],
  ['one that arrived and was checked since it was read', false],
])('The audit log says of %s that it has expired: %s', async (_what, isExpired) => {
  const appendDecision = vi.fn(async () => undefined);
  await examineImage(
    {
      bucket: { head: async () => undefined },
      findings: new Findings(),
      imageDecisions: { markExpired: async () => isExpired },
      auditLog: { appendDecision },
      limits: Limits.parse({}),
      now: () => new Date('2026-02-01T00:00:00Z'),
    } as unknown as Run,
    image,
  );
  expect(appendDecision).toHaveBeenCalledTimes(isExpired ? 1 : 0);
});
