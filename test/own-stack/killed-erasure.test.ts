import { expect, test } from 'vitest';
import { allKeysOf, dicomJsonKey, dicomKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, longComment, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photos } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, until, upload } from '../support/service.ts';

const service = useOwnStack({ faults: 'seed=7' });
const hourMs = 60 * 60 * 1000;

test.each([
  'kill=complete-changes@before:dynamodb:DeleteItem',
  'kill=complete-changes@after:dynamodb:DeleteItem',
  'kill=complete-changes@after:dynamodb:BatchWriteItem',
  'kill=complete-changes@before:s3:DeleteObjects',
  'kill=complete-changes@after:s3:DeleteObjects#2',
  'kill=complete-changes@after:dynamodb:TransactWriteItems#3',
  'kill=complete-changes@before:dynamodb:UpdateItem',
])('The erasure of a patient is done although its function ends: %s', async (fault) => {
  const direct = await directAccess(service);
  const countsOf = () => Object.values(service.faults.counts()).reduce((sum, count) => sum + count, 0);
  const [doctor, patient] = [await service.as('doctor'), newPatient()];
  await doctor.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: 'Erased^E' } });
  const ids = await upload(doctor, await createBatch(doctor, patient), await photos(2));
  const { imageId, uploadUrl, headers } = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
    fileName: 'x.jpg',
    mimeType: 'image/jpeg',
    fileSize: (await photos(1))[0]?.bytes.length,
    caseId: `C-${patient}`,
    patientId: patient,
  });
  await fetch(uploadUrl, { method: 'PUT', headers, body: (await photos(1))[0]?.bytes ?? '' });
  for (const id of [...ids, imageId]) expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  const uids = newUids();
  await doctor.json(
    'POST',
    '/dicom/upload',
    201,
    dicomForm(slice(uids, [['00100020', 'LO', patient], longComment()])),
  );
  const instance = await direct.dicomStore.getStored(uids.sop);
  if (!instance) throw new Error('the instance is not stored');
  const keys = [...ids, imageId].flatMap((id) => allKeysOf({ id }));
  const objects = [...keys, dicomKey(instance), dicomJsonKey(instance)];
  // Signed at the time of the stack, which is hours ahead.
  const isThere = async (key: string) =>
    (await fetch((await direct.urls.download({ key }, 60, new Date(service.clock.now()))).url)).ok;
  const left = async () => (await Promise.all(objects.map(isThere))).filter(Boolean).length;
  // Each image with its renditions, the DICOM file and its metadata.
  expect(await left()).toBeGreaterThanOrEqual(3 * 4 + 2);

  const before = countsOf();
  service.faults.set(fault);
  const order = { confirm: patient, reason: 'Asked for by the patient' };
  const { id } = await (await service.as('admin')).json(
    'POST',
    `/api/patients/${patient}/erasure`,
    202,
    order,
  );
  await until(async () => countsOf() > before, 60);
  service.faults.set('');
  const isDone = async () => (await direct.patientErasures.get(id))?.status === 'done';
  // The message is hidden for six times the timeout of the function; in between, the objects' function may be faster.
  for (let hour = 0; hour < 5 && !(await isDone()); hour++) {
    await service.clock.advance(hourMs);
    await until(isDone, 20).catch(() => undefined);
  }
  expect(await direct.patientErasures.get(id)).toMatchObject({ status: 'done' });
  await until(async () => (await left()) === 0);
  expect(await direct.patientInventories.of(patient)).toEqual({
    directoryEntry: false,
    batches: [],
    cases: [],
    images: [],
    studies: [],
  });
});
