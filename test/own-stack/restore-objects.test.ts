import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageKey } from '../../lib/data/keys.ts';
import { dicomKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { RestoreDrill } from '../support/restore-drill.ts';
import { until } from '../support/service.ts';

// Somebody deletes items by hand, and objects.

const clinic = new RestoreDrill();
beforeAll(() => clinic.open(), 120_000);
afterAll(() => clinic.service.end());

test('The objects that the service erased with them come back from their versions', async () => {
  const visit = await clinic.batch('P-1', 0, 1);
  const [first = '', second = ''] = visit.images;
  const uids = newUids();
  await clinic.doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
  const at = await clinic.copyTable();
  const instance = await clinic.direct.dicomStore.getStored(uids.sop);
  const file = dicomKey(instance as NonNullable<typeof instance>);
  await clinic.direct.removeItem(imageKey(first));
  await until(async () => (await clinic.direct.bucket.head(`images/${first}.jpg`)) === undefined);
  await clinic.direct.bucket.delete([file]);
  const overwritten = clinic.files[3]?.bytes as Uint8Array;
  await clinic.direct.bucket.write(`images/${second}.jpg`, overwritten, 'image/jpeg');

  const time = ['--at', at.toISOString()];
  expect(await clinic.restore(...time), 'it refuses a table with items').toBe(1);
  await expect(clinic.restore(...time, '--apply')).rejects.toThrow('--only-missing');
  expect(await clinic.restore(...time, '--apply', '--only-missing')).toBe(0);
  for (const [index, id] of visit.images.entries()) {
    const response = await clinic.doctor.send('GET', `/api/images/${id}/data`);
    expect(Buffer.from(await response.arrayBuffer()).equals(clinic.files[index]?.bytes as Uint8Array)).toBe(
      true,
    );
  }
  expect(await clinic.direct.bucket.head(file)).toBeDefined();
  expect(await clinic.direct.erasedImages.has(first)).toBe(false);
  expect(await clinic.countOf(visit.id)).toBe(2);
  // The removal by hand took the image out of what its sender and its patient have stored, and the copy of its item adds nothing.
  expect(await clinic.reconcile()).toEqual({ wrongCount: '2/2' });
  expect(await clinic.reconcile()).toEqual({});
}, 120_000);
