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
  ['never arrived', 'pending', true, 1, 1],
  ['was checked since its image was read', 'ready', false, 0, 0],
  ['is checked at the same moment', 'pending', false, 1, 0],
])('An upload that %s', async (_what, state, isExpired, found, recorded) => {
  const appendDecision = vi.fn(async () => undefined);
  const findings = new Findings();
  await examineImage(
    {
      bucket: { head: async () => undefined },
      findings,
      storedItems: { statesOfImages: async () => new Map([[image.id, state]]) },
      imageDecisions: { markExpired: async () => isExpired },
      auditLog: { appendDecision },
      limits: Limits.parse({}),
      now: () => new Date('2026-02-01T00:00:00Z'),
    } as unknown as Run,
    image,
  );
  expect(findings.counts.expiredUpload.found).toBe(found);
  expect(appendDecision).toHaveBeenCalledTimes(recorded);
});
