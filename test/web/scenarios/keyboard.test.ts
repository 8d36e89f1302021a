import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photos } from '../../fixtures/photos.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { searchField } from '../../support/browser/find.ts';
import { KeyboardUser } from '../../support/browser/keyboard.ts';
import { tiles } from '../../support/browser/patient-page.ts';
import { newPatient } from '../../support/people.ts';
import { createBatch, decided, upload, useService } from '../../support/service.ts';

// What people do most often, without a mouse.

const service = useService();
const browsing = useBrowser(service);
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-keyboard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const patience = { timeout: 60_000 };

async function named(family: string): Promise<string> {
  const patient = newPatient();
  const body = { name: { alphabetic: `${family}^Kim` }, birthDate: '1970-03-21' };
  await (await service.as('doctor')).json('PUT', `/api/patients/${patient}`, 200, body);
  return patient;
}

test('Photographs are uploaded, described, moved, deleted and restored by keyboard', {
  timeout: 180_000,
}, async () => {
  const doctor = await service.as('doctor');
  const [patient, other] = [await named('Keys'), await named('Other')];
  const paths = (await photos(3, { width: 320, height: 240 })).map(({ name, bytes }) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
  const page = await browsing.signedIn('doctor');
  const user = new KeyboardUser(page);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const dialog = page.getByRole('dialog');

  await searchField(page).waitFor();
  await user.type(patient);
  await page.getByRole('option', { name: 'Keys' }).waitFor();
  await user.press('Enter');
  await user.activate(button('New batch'));
  await dialog.waitFor();
  await user.press('Enter');
  await page.getByText('No images in this batch yet.').waitFor();
  const choosing = page.waitForEvent('filechooser');
  await user.activate(page.getByRole('button', { name: /Choose/ }).first());
  await (await choosing).setFiles(paths);
  await expect.poll(() => tiles(page).count(), patience).toBe(3);

  const { batches } = await doctor.json('GET', `/api/images/batches?patient_id=${patient}`, 200);
  const listed = async () => (await doctor.json('GET', `/api/images?batch_id=${batches[0].id}`, 200)).images;
  const valuesOf = async (field: string) => [
    ...new Set((await listed()).map((image: Record<string, string>) => image[field])),
  ];
  await user.press('Control+a');
  await user.reach(page.getByLabel('Category of the selection'));
  await user.type('Casts');
  await user.press('Enter');
  await expect.poll(() => valuesOf('category'), patience).toEqual(['casts']);
  await user.reach(page.getByLabel('Caption of the selection'));
  await user.type('Before treatment');
  await user.press('Enter');
  await expect.poll(() => valuesOf('caption'), patience).toEqual(['Before treatment']);
  // Away from the field, where the key would take back what was typed.
  await user.reach(button('Clear the selection'));
  await user.press('Control+z');
  await expect.poll(() => valuesOf('caption'), patience).toEqual(['']);
  await user.press('Escape');

  await user.reach(page.getByLabel('Select photo-1.jpeg'));
  await user.press('Space');
  await user.activate(button('Move to another patient'));
  await page.getByLabel('To which patient?').waitFor();
  await user.type(other);
  await dialog.getByText('Other, Kim').waitFor();
  await dialog.getByLabel('Into').waitFor();
  await user.press('Enter');
  await page.getByText(`photo-1.jpeg moved to ${other}`).waitFor();
  await expect.poll(async () => (await listed()).length).toBe(2);
  await user.press('Control+z');
  await expect.poll(async () => (await listed()).length, patience).toBe(3);

  await user.reach(page.getByLabel('Select photo-0.jpeg'));
  await user.press('Space');
  await user.press('Delete');
  const confirmation = page.getByRole('alertdialog');
  await user.activate(confirmation.getByRole('button', { name: /^Delete/ }));
  await expect.poll(async () => (await listed()).length).toBe(2);
  await user.activate(page.getByRole('link', { name: 'Trash' }));
  await user.activate(button('Restore photo-0.jpeg'));
  await expect.poll(async () => (await listed()).length).toBe(3);
});

test('Two images are compared, a study is found and read, and the audit log asked, by keyboard', {
  timeout: 120_000,
}, async () => {
  const doctor = await service.as('doctor');
  const patient = await named('Reading');
  for (const id of await upload(doctor, await createBatch(doctor, patient), await photos(2)))
    await decided(doctor, id);
  const accession = `K${patient.slice(-8)}`;
  const uids = newUids();
  for (const sop of [uids, newUids({ study: uids.study, series: uids.series })]) {
    const attributes = [
      ['00080050', 'SH', accession],
      ['00100020', 'LO', patient],
    ] as const;
    await doctor.json(
      'POST',
      '/dicom/upload',
      201,
      dicomForm(
        slice(
          sop,
          attributes.map((each) => [...each]),
        ),
      ),
    );
  }
  const page = await browsing.signedIn('admin', `/patients/${patient}`);
  const user = new KeyboardUser(page);
  await user.activate(page.getByRole('button', { name: /^Visit/ }));
  await user.reach(page.getByLabel('Select photo-0.jpeg'));
  await user.press('Control+a');
  await user.activate(page.getByRole('button', { name: 'Compare', exact: true }));
  await page.locator('.compare-frame > img').nth(1).waitFor();

  await user.press('/');
  await user.type(accession);
  await page.getByRole('option').first().waitFor();
  await user.press('Enter');
  await page.waitForURL(`**/studies/${uids.study}**`);
  await page.getByText('1 / 2', { exact: true }).waitFor();
  await user.press('ArrowDown');
  await page.getByText('2 / 2', { exact: true }).waitFor();

  await user.activate(page.getByRole('link', { name: 'Audit log' }));
  await user.reach(page.getByLabel('Patient', { exact: true }));
  await user.type(patient);
  await user.press('Enter');
  await page.getByText('viewed', { exact: false }).first().waitFor();
});
