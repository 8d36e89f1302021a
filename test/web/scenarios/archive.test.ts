import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photos } from '../../fixtures/photos.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { CountedActions } from '../../support/browser/counted-actions.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { createBatch, decided, upload, useService } from '../../support/service.ts';
import { readZip } from '../../support/unzip.ts';

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

test('An admin erases a patient after typing the number, and has the certificate', async () => {
  const patient = newPatient();
  const [admin, doctor] = [await service.as('admin'), await service.as('doctor')];
  const details = { name: { alphabetic: 'Sample^Sam' }, birthDate: '1970-03-21' };
  await doctor.json('PUT', `/api/patients/${patient}`, 200, details);
  const [held = ''] = await upload(doctor, await createBatch(doctor, patient), await photos(1));
  await decided(doctor, held);
  await admin.json('PUT', `/api/images/${held}/legal-hold`, 200, { reason: 'Asked for by a court' });
  const page = await browsing.signedIn('admin', `/patients/${patient}`);
  await page.getByRole('button', { name: 'Erase patient' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('Sample, Sam').waitFor();
  await dialog.getByText(/born .*1970/).waitFor();
  const erase = dialog.getByRole('button', { name: 'Erase everything' });
  await dialog.getByLabel('Reason').fill('Asked for by the patient');
  await dialog.getByLabel('Type the number').fill('P-0');
  expect(await erase.isDisabled()).toBe(true);
  await dialog.getByLabel('Type the number').fill(patient.toLowerCase());
  await erase.click();
  await dialog.getByText('Asked for by a court').waitFor();
  await admin.json('DELETE', `/api/images/${held}/legal-hold`, 204);
  await erase.click();
  const certificate = page.getByRole('dialog');
  await certificate.getByText('Everything is erased.').waitFor({ timeout: 60_000 });
  await certificate.getByRole('button', { name: 'Save the certificate' }).waitFor();
  await certificate.getByRole('button', { name: 'Close' }).click();
  // Nothing is known of the number any more.
  await page.locator('.new-patient').waitFor();
  await admin.json('GET', `/api/images/${held}`, 404);
});

test('Nobody but an admin has the button that erases a patient', async () => {
  const [doctor, patient] = [await service.as('doctor'), newPatient()];
  await doctor.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: 'Sample^Sam' } });
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await page.getByText('No images yet').waitFor();
  expect(await page.getByRole('button', { name: 'Erase patient' }).count()).toBe(0);
});
