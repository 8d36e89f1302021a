import { afterAll, beforeAll, expect, test } from 'vitest';
import { erasureKey } from '../../lib/data/keys.ts';
import { incomingKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { RestoreDrill } from '../support/restore-drill.ts';
import { decided, formOf, type TestFile, until } from '../support/service.ts';

// The drill of docs/restore.md: the table is lost, and what is left is a copy of it from before and the bucket.

const clinic = new RestoreDrill();
beforeAll(() => clinic.open(), 120_000);
afterAll(() => clinic.service.end());

test('A copy of it, the audit log and the bucket have everything but what was deleted', async () => {
  const { doctor, admin } = clinic;
  // Before the backup.
  const visit = await clinic.batch('P-1', 0, 1, 2, 3, 4);
  const [ready = '', trashed = '', erasedLater = '', trashedLater = '', movedLater = ''] = visit.images;
  await doctor.json('DELETE', `/api/images/${trashed}/`, 204);
  const restoredLater = await clinic.batch('P-1', 5);
  await doctor.json('DELETE', `/api/images/batches/${restoredLater.id}/`, 204);
  const deletedLater = await clinic.batch('P-1', 6);
  const uids = newUids();
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
  const erasedStudy = newUids();
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(erasedStudy)));
  const announced = { name: 'late.jpg', size: clinic.files[7]?.bytes.length, type: 'image/jpeg' };
  const { uploads } = await doctor.json('POST', `/api/images/batches/${visit.id}/upload-urls/`, 201, {
    files: [announced],
  });
  const [pending] = uploads;
  const key = await admin.json('POST', '/api/v2/keys', 201, { name: 'device', scopes: ['delivery:read'] });
  const at = await clinic.copyTable();

  // After it.
  await fetch(pending.upload_url, {
    method: 'PUT',
    headers: pending.headers,
    body: clinic.files[7]?.bytes as Uint8Array<ArrayBuffer>,
  });
  await decided(doctor, pending.id);
  await admin.json('DELETE', `/api/images/${erasedLater}/?erase=true`, 204);
  await doctor.json('DELETE', `/api/images/${trashedLater}/`, 204);
  await doctor.json('POST', `/api/images/${movedLater}/patient`, 200, {
    patient_id: 'P-2',
    reason: 'mistyped',
  });
  await doctor.json('POST', `/api/images/batches/${restoredLater.id}/restore`, 200);
  await doctor.json('DELETE', `/api/images/batches/${deletedLater.id}/`, 204);
  await admin.json('DELETE', `/dicom-web/studies/${erasedStudy.study}?erase=true`, 204);
  await admin.json('DELETE', `/api/v2/keys/${key.id}`, 204);
  const newVisit = await clinic.batch('P-3', 8, 9);
  const [, erasedNew = ''] = newVisit.images;
  await admin.json('DELETE', `/api/images/${erasedNew}/?erase=true`, 204);
  const caseImage = await doctor.json(
    'POST',
    '/api/v1/images/upload',
    201,
    formOf({ caseId: 'C-AFTER', patientId: 'P-4' }, { file: [clinic.files[10] as TestFile] }),
  );
  await decided(doctor, caseImage.id);
  const newStudy = newUids();
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(newStudy)));
  await until(async () => (await clinic.direct.erasedImages.has(erasedLater)) === true);
  await until(async () => (await clinic.direct.bucket.head(`images/${erasedNew}.jpg`)) === undefined);
  await until(async () => (await clinic.direct.dicomStore.getStored(erasedStudy.sop)) === undefined);
  await clinic.sealed();
  await clinic.loseTable();
  await clinic.doctor.json('GET', `/api/images/${ready}/`, 404);

  const time = ['--at', at.toISOString()];
  expect(await clinic.restore(...time)).toBe(0);
  await clinic.doctor.json('GET', `/api/images/${ready}/`, 404);
  expect(await clinic.restore(...time, '--apply')).toBe(0);
  for (const id of [ready, pending.id, caseImage.id, newVisit.images[0], restoredLater.images[0]])
    expect(await decided(clinic.doctor, String(id)), String(id)).toMatchObject({ status: 'ready' });
  expect(await clinic.direct.images.get(movedLater)).toMatchObject({ patientId: 'P-2', status: 'ready' });
  for (const id of [trashed, erasedLater, trashedLater, erasedNew, deletedLater.images[0]])
    expect(await clinic.statusOf(String(id))).toBe(404);
  expect(await clinic.countOf(visit.id)).toBe(2);
  expect(await clinic.countOf(newVisit.id)).toBe(1);
  expect(await clinic.countOf(restoredLater.id)).toBe(1);
  await clinic.doctor.json('GET', `/dicom-web/studies/${uids.study}/metadata`, 200);
  await clinic.doctor.json('GET', `/dicom-web/studies/${newStudy.study}/metadata`, 200);
  await clinic.doctor.json('GET', `/dicom-web/studies/${erasedStudy.study}/metadata`, 404);
  expect((await clinic.direct.keys.get(key.id))?.revokedAt).toBeDefined();
  // What was in the trash still is, and can be restored.
  for (const id of [trashed, trashedLater]) {
    await clinic.doctor.json('POST', `/api/images/${id}/restore`, 200);
    await clinic.doctor.json('DELETE', `/api/images/${id}/`, 204);
  }
  await until(async () => (await clinic.direct.bucket.head(incomingKey({ id: pending.id }))) === undefined);
  await until(async () => clinic.direct.hasItem(erasureKey(erasedLater)));
  // Nothing is left to repair, and a second run changes nothing.
  expect(await clinic.reconcile()).toEqual({});
  await clinic.restore(...time, '--apply');
  expect(await clinic.reconcile()).toEqual({});
  expect(await clinic.countOf(visit.id)).toBe(2);
}, 240_000);
