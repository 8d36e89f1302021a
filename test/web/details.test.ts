import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { openPatient } from '../support/browser/find.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** A patient with one batch of one image; returns its id. */
async function oneImage(patient: string) {
  const doctor = await service.as('doctor');
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), [await photo({ seed: 1 })]);
  await decided(doctor, id);
  return { id, doctor };
}

test('The day on which an image was taken is beside it, and a change is saved at once', async () => {
  const { id, doctor } = await oneImage('P-6301');
  const page = await browsing.signedIn('staff', '/patients/P-6301');
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  const taken = () => doctor.json('GET', `/api/images/${id}`, 200).then((image) => image.date_taken);
  await page.getByLabel('Taken').fill('2025-03-12');
  await page.getByLabel('Taken').press('Enter');
  await expect.poll(taken, { timeout: 5000 }).toBe('2025-03-12');
  // The image is still open: it is in the address.
  await page.reload();
  await page.getByLabel('Taken').waitFor();
  expect(await page.getByLabel('Taken').inputValue()).toBe('2025-03-12');
  await page.getByLabel('Taken').fill('');
  await page.getByLabel('Taken').blur();
  await expect.poll(taken, { timeout: 5000 }).toBeNull();
});

test('Each batch has its count and day, and the totals of the patient are below the list', async () => {
  await oneImage('P-6302');
  const page = await browsing.signedIn('staff', '/patients/P-6302');
  const today = await page.evaluate(() =>
    new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date()),
  );
  await page.getByRole('button', { name: `Visit 1 image · ${today}` }).waitFor();
  expect(await page.locator('.patient-foot').innerText()).toBe('1 batch · 1 image');
});

test('A caption of many lines is shown whole only when somebody expands it', async () => {
  const { id, doctor } = await oneImage('P-6303');
  const lines = Array.from({ length: 30 }, (_value, line) => `Line ${line}.`).join('\n');
  await doctor.json('PATCH', `/api/images/${id}`, 200, { caption: lines });
  const page = await browsing.signedIn('staff', '/patients/P-6303');
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  const height = async () => (await page.locator('.viewer-head').boundingBox())?.height ?? 0;
  await page.getByText('Line 0.').waitFor();
  expect(await height()).toBeLessThan(130);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect.poll(height).toBeGreaterThan(200);
  await page.getByRole('button', { name: 'Less' }).click();
  await expect.poll(height).toBeLessThan(130);
});

test('A request that failed is repeated by a click', async () => {
  await oneImage('P-6304');
  const page = await browsing.signedIn('staff', '/');
  const refuse = {
    status: 403,
    json: { statusCode: 403, message: 'Not now', error: 'Forbidden', details: [] },
  };
  const isClicked = () => page.evaluate(() => Reflect.get(globalThis, 'clicked') === true);
  // Until the click: the page also asks again by itself, when it is told of a change, and then the button is gone.
  await page.route('**/api/images/batches?**', async (route) =>
    (await isClicked()) ? route.continue() : route.fulfill(refuse),
  );
  await openPatient(page, 'P-6304');
  await page.getByText('The batches cannot be shown').waitFor();
  await page.evaluate("addEventListener('click', () => { globalThis.clicked = true; }, true)");
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: /^Visit/ }).waitFor();
});

test('Pictures of any shape have frames of the same size', async () => {
  const doctor = await service.as('doctor');
  const files = await Promise.all([
    photo({ seed: 1 }),
    photo({ seed: 2, width: 300, height: 1200 }),
    photo({ seed: 3, width: 1200, height: 300 }),
  ]);
  for (const id of await upload(doctor, await createBatch(doctor, 'P-6305'), files))
    await decided(doctor, id);
  const page = await browsing.signedIn('staff', '/patients/P-6305');
  await page.getByRole('button', { name: /^Visit/ }).click();
  for (const [seed] of files.entries()) await page.getByLabel(`Category of photo-${seed + 1}.jpeg`).waitFor();
  const heights = await page
    .locator('.tile')
    .evaluateAll((tiles) => tiles.map((tile) => Reflect.get(tile, 'offsetHeight')));
  expect(heights).toEqual([212, 212, 212]);
});

test('The time of the camera is beside the picture', async () => {
  const doctor = await service.as('doctor');
  const file = await photo({ name: 'heel.jpg', takenAt: '2025:11:06 00:30:00', offset: '+02:00' });
  const [id = ''] = await upload(doctor, await createBatch(doctor, 'P-6306'), [file]);
  await decided(doctor, id);
  const page = await browsing.signedIn('staff', '/patients/P-6306', { timezoneId: 'America/New_York' });
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByRole('button', { name: 'Show heel.jpg' }).click();
  await page.locator('.viewer-details').getByText('captured 6 Nov 2025, 00:30').waitFor();
});

test('Escape closes a dialog after a failure', async () => {
  await oneImage('P-6307');
  const page = await browsing.signedIn('doctor', '/patients/P-6307');
  const json = { statusCode: 403, message: 'Not now', error: 'Forbidden', details: [] };
  await page.route('**/api/images/**', (route) =>
    route.request().method() === 'GET' ? route.continue() : route.fulfill({ status: 403, json }),
  );
  await page.getByRole('button', { name: 'Delete Visit' }).click();
  await page.getByRole('button', { name: 'Delete batch' }).click();
  await page.getByRole('alertdialog').getByText('Not now').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'detached', timeout: 3000 });
  await page.getByRole('button', { name: 'New batch' }).click();
  await page.getByRole('button', { name: 'Create batch' }).click();
  await page.getByRole('dialog').getByText('Not now').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 3000 });
});
