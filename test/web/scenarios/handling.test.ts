import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { photos } from '../../fixtures/photos.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { CountedActions } from '../../support/browser/counted-actions.ts';
import { openBatch, tiles } from '../../support/browser/patient-page.ts';
import { newPatient } from '../../support/people.ts';
import { createBatch, decided, upload, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-scenarios-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const patience = { timeout: 60_000 };

/** A patient with a batch of photographs, open on the page of a doctor. */
async function openedBatch(count: number) {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const batch = await createBatch(doctor, patient);
  for (const id of await upload(doctor, batch, await photos(count))) await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  await expect.poll(() => tiles(page).count()).toBe(count);
  const listed = async () => (await doctor.json('GET', `/api/images?batch_id=${batch}`, 200)).images;
  return { doctor, patient, batch, page, listed, user: new CountedActions(page) };
}

/** A patient with a name and a birth date. */
async function namedPatient(family: string): Promise<string> {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const body = { name: { alphabetic: `${family}^Tarou` }, birthDate: '1970-03-21' };
  await doctor.json('PUT', `/api/patients/${patient}`, 200, body);
  return patient;
}

test('Forty photographs are in, categorised and captioned in at most twelve actions', {
  timeout: 180_000,
}, async () => {
  const doctor = await service.as('doctor');
  const patient = await namedPatient('Sato');
  const files = await photos(40, { width: 320, height: 240 });
  const paths = files.map(({ name, bytes }) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  const user = new CountedActions(page);
  await user.click(page.getByRole('button', { name: 'New batch' }));
  await page.getByRole('dialog').waitFor();
  await user.press('Enter');
  await page.getByText('No images in this batch yet.').waitFor();
  await user.dropFiles(paths, page.locator('.drop-zone'));
  // Each is in its place at once, as a picture of the chosen file.
  await page.getByRole('article', { name: 'photo-0.jpeg' }).waitFor();
  const { batches } = await doctor.json('GET', `/api/images/batches?patient_id=${patient}`, 200);
  const listed = async () => (await doctor.json('GET', `/api/images?batch_id=${batches[0].id}`, 200)).images;
  const ready = async () =>
    (await listed()).filter(({ status }: { status: string }) => status === 'ready').length;
  await expect.poll(ready, { timeout: 120_000 }).toBe(40);
  await expect.poll(() => page.locator('.tile[data-status=pending]').count(), patience).toBe(0);
  await user.press('Control+a');
  await page.getByRole('button', { name: 'Download 40 selected' }).waitFor();
  await user.click(page.getByLabel('Category of the selection'));
  await user.type('Casts');
  await user.press('Enter');
  const valuesOf = async (field: string) => [
    ...new Set((await listed()).map((image: Record<string, string>) => image[field])),
  ];
  await expect.poll(() => valuesOf('category'), patience).toEqual(['casts']);
  await user.click(page.getByLabel('Caption of the selection'));
  await user.type('Before treatment');
  await user.press('Enter');
  await expect.poll(() => valuesOf('caption'), patience).toEqual(['Before treatment']);
  expect(user.count, user.done.join('\n')).toBeLessThanOrEqual(12);
});

test('A mistake is undone in one action: a category, a caption, a deletion, an order, a move', async () => {
  const { page, doctor, listed, user } = await openedBatch(3);
  const first = async () => (await listed())[0];
  await page.getByLabel('Category of photo-0.jpeg').selectOption('casts');
  await expect.poll(async () => (await first()).category).toBe('casts');
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await user.press('Control+z');
  await expect.poll(async () => (await first()).category).toBe('other');
  expect(user.count, user.done.join('\n')).toBe(1);

  await page.getByLabel('Caption of photo-0.jpeg').fill('Wrong');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await first()).caption).toBe('Wrong');
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await user.click(undo);
  await expect.poll(async () => (await first()).caption).toBe('');
  expect(user.count, user.done.join('\n')).toBe(2);

  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await page.getByRole('button', { name: 'Delete image' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete image' }).click();
  await expect.poll(async () => (await listed()).length).toBe(2);
  await page.getByText('photo-1.jpeg deleted').waitFor();
  await user.click(undo);
  await expect.poll(async () => (await listed()).length).toBe(3);
  expect(user.count, user.done.join('\n')).toBe(3);
  await page.getByRole('article', { name: 'photo-1.jpeg' }).waitFor();

  const order = async () =>
    (await listed()).map(({ original_name: name }: { original_name: string }) => name);
  await page.getByLabel('Select photo-2.jpeg').check();
  await page.getByRole('button', { name: 'Move earlier' }).click();
  await expect.poll(order).toEqual(['photo-0.jpeg', 'photo-2.jpeg', 'photo-1.jpeg']);
  await page.getByText('Another order of the images').waitFor();
  await user.click(undo);
  await expect.poll(order).toEqual(['photo-0.jpeg', 'photo-1.jpeg', 'photo-2.jpeg']);
  expect(user.count, user.done.join('\n')).toBe(4);
  expect((await doctor.json('GET', `/api/images/${(await first()).id}`, 200)).status).toBe('ready');
});

test('An image is moved to another patient in at most four actions, both patients side by side, and back in one', async () => {
  const { page, doctor, listed, patient, user } = await openedBatch(2);
  const other = await namedPatient('Yamada');
  await user.click(page.getByLabel('Select photo-1.jpeg'));
  await user.click(page.getByRole('button', { name: 'Move to another patient', exact: true }));
  const dialog = page.getByRole('dialog');
  // A person types once the field is there; the dialog is loaded when it is opened.
  await dialog.getByLabel('To which patient?').waitFor();
  await user.type(other);
  await dialog.getByText('Yamada, Tarou').waitFor();
  const sides = dialog.locator('.patient-card');
  expect(await sides.count()).toBe(2);
  expect(await sides.first().innerText()).toContain(patient);
  expect(await sides.last().innerText()).toContain('21 Mar 1970');
  await dialog.getByLabel('Into').waitFor();
  await user.press('Enter');
  await page.getByText(`photo-1.jpeg moved to ${other}`).waitFor();
  expect(user.count, user.done.join('\n')).toBeLessThanOrEqual(4);
  await expect.poll(async () => (await listed()).length).toBe(1);
  const theirs = async () => (await doctor.json('GET', `/api/images?patient_id=${other}`, 200)).images;
  await expect.poll(async () => (await theirs()).length).toBe(1);
  const { batches } = await doctor.json('GET', `/api/images/batches?patient_id=${other}`, 200);
  expect(batches).toMatchObject([{ name: 'Visit', image_count: 1 }]);
  expect((await theirs())[0].batch).toBe(batches[0].id);
  await user.press('Control+z');
  await expect.poll(async () => (await listed()).length, patience).toBe(2);
  await expect.poll(async () => (await theirs()).length).toBe(0);
  await page.getByText(/^Undone: photo-1.jpeg moved/).waitFor();
  // The batch that was made for the move is gone again.
  expect((await doctor.json('GET', `/api/images/batches?patient_id=${other}`, 200)).batches).toEqual([]);
});

test('What was deleted is restored from the trash in at most three actions', async () => {
  const { page, doctor, listed, user } = await openedBatch(2);
  const [image] = await listed();
  await doctor.json('DELETE', `/api/images/${image.id}`, 204);
  await page.getByRole('article', { name: 'photo-0.jpeg' }).waitFor({ state: 'detached' });
  await user.click(page.getByRole('link', { name: 'Trash' }));
  await user.click(page.getByRole('button', { name: 'Restore photo-0.jpeg' }));
  await page.getByText('photo-0.jpeg restored').waitFor();
  expect(user.count, user.done.join('\n')).toBeLessThanOrEqual(3);
  await expect.poll(async () => (await listed()).length).toBe(2);
  await page.getByText('The trash is empty').waitFor();
});
