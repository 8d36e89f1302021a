import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photos } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { CountedActions } from '../support/browser/counted-actions.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';
import { readZip } from '../support/unzip.ts';

const service = useService();
const browsing = useBrowser(service);

test('A patient downloads everything of theirs, studies included, with one action', async () => {
  const doctor = await service.as('doctor');
  for (const id of await upload(doctor, await createBatch(doctor), await photos(2)))
    await decided(doctor, id);
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(newUids())));
  const page = await browsing.signedIn('patient-1', '/');
  const user = new CountedActions(page);
  const downloading = page.waitForEvent('download', { timeout: 30_000 });
  await user.click(page.getByRole('button', { name: 'Download everything' }));
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Patient archive.zip');
  const entries = await readZip(await buffer(await download.createReadStream()));
  expect(entries.map(({ name }) => name).sort()).toEqual([
    'SHA256SUMS',
    'images/Visit/photo-0.jpeg',
    'images/Visit/photo-1.jpeg',
    'patient.json',
    'studies/1/1/1.dcm',
  ]);
  const known = JSON.parse(String(entries.find(({ name }) => name === 'patient.json')?.content));
  expect(known.patient_id).toBe(PATIENT_1);
  expect(user.count, user.done.join(', ')).toBeLessThanOrEqual(2);
});

test('Patients rename the batches that they made, and not those of the clinic', async () => {
  const patient = await service.as('patient-2');
  await createBatch(patient, PATIENT_2, 'My own');
  await createBatch(await service.as('doctor'), PATIENT_2, 'Of the clinic');
  const page = await browsing.signedIn('patient-2', '/');
  await page.getByRole('button', { name: 'Rename My own' }).waitFor();
  await page.getByRole('button', { name: /^Of the clinic/ }).waitFor();
  expect(await page.getByRole('button', { name: 'Rename Of the clinic' }).count()).toBe(0);
});
