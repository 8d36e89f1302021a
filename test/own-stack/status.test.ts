import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, upload } from '../support/service.ts';

// In a stack of its own: both runs read all that is stored, of the tests of all other files as well.
const service = useOwnStack();

test('The status has every queue, and what the last runs found', async () => {
  const admin = await service.as('admin');
  const batch = await createBatch(admin, newPatient());
  const [id = ''] = await upload(admin, batch, [await photo()]);
  await decided(admin, id);
  await service.stack.tick('reconcile');
  await service.stack.tick('verify-audit');
  const status = await admin.json('GET', '/api/status', 200);
  const ids = status.queues.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(expect.arrayContaining(['make-thumbnail', 'ingest-dicom', 'build-archive', 'notify']));
  for (const { messages, deadLetters } of status.queues) {
    expect(messages).toBeGreaterThanOrEqual(0);
    expect(deadLetters).toBe(0);
  }
  expect(status.reconciliation.unrepaired).toBe(0);
  expect(status.auditVerification).toMatchObject({ faults: 0 });
  expect(status.auditVerification.verifiedLinks).toBeLessThanOrEqual(status.auditVerification.links);
  expect(status.stored.files).toBe(1);
  expect(status.stored.bytes).toBeGreaterThan(status.stored.files);
});
