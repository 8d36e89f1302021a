import { describe, expect, test } from 'vitest';
import { photos } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { drawn, openBatch, tiles } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, register, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const HINT = 'For sample data, run npm run seed.';

/** A patient of the directory, of whom nothing is stored. */
async function newlyRegistered() {
  const patient = newPatient();
  await register(await service.as('staff'), patient);
  return patient;
}

describe('A patient without images', () => {
  test('has instructions for sample data on a laptop', async () => {
    const page = await browsing.signedIn('doctor', `/patients/${await newlyRegistered()}`);
    await page.getByText(HINT).waitFor();
  });

  test('does not have them in a clinic', async () => {
    const page = await browsing.open('/');
    await page.route('**/config.json', async (route) => {
      const config = await (await route.fetch()).json();
      await route.fulfill({ json: { ...config, onLaptop: false } });
    });
    await browsing.signIn(page, 'doctor');
    await page.goto(`/patients/${await newlyRegistered()}`);
    await page.getByText('No images yet').waitFor();
    expect(await page.getByText(HINT).count()).toBe(0);
  });
});

describe('A batch', () => {
  test('is created, filled by dropping images on it, and counted', async () => {
    const patient = await newlyRegistered();
    const page = await browsing.signedIn('doctor', `/patients/${patient}`);
    await page.getByText('No images yet').waitFor();
    await page.getByRole('button', { name: 'New batch' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('First visit');
    await page.getByRole('button', { name: 'Create batch' }).click();
    await page.getByText('No images in this batch yet.').waitFor();
    await drop(page, await photos(7));
    await expect.poll(() => drawn(page), { timeout: 20_000 }).toBe(7);
    await expect.poll(() => page.locator('.badges').textContent()).toMatch(/1 batch.*7 images/);
    await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' });
  });

  test('is renamed, and deleted with all its images after a confirmation', async () => {
    const patient = newPatient();
    const doctor = await service.as('doctor');
    await upload(doctor, await createBatch(doctor, patient), await photos(1));
    const page = await browsing.signedIn('doctor', `/patients/${patient}`);
    await page.getByRole('button', { name: 'Rename Visit' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('A better name');
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByRole('button', { name: 'Delete A better name' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: /^A better name/ }).waitFor();
    await page.getByRole('button', { name: 'Delete A better name' }).click();
    await page.getByRole('button', { name: 'Delete batch' }).click();
    await page.getByText('No images yet').waitFor();
    expect(await doctor.json('GET', `/api/patients/${patient}/image-summary`, 200)).toEqual({
      batches: 0,
      images: 0,
    });
  });
});

test('A category and a caption are saved at once, and others see them', async () => {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), await photos(1));
  await decided(doctor, id);
  const one = await browsing.signedIn('doctor', `/patients/${patient}`);
  const other = await browsing.signedIn('staff', `/patients/${patient}`);
  await openBatch(one);
  await openBatch(other);
  await tiles(other).first().waitFor();
  await one.getByLabel('Category of photo-0.jpeg').selectOption('Posterior');
  await expect.poll(() => other.getByLabel('Category of photo-0.jpeg').inputValue()).toBe('posterior');
  await one.getByLabel('Caption of photo-0.jpeg').fill('standing');
  await one.getByLabel('Caption of photo-0.jpeg').press('Enter');
  await expect.poll(() => other.getByLabel('Caption of photo-0.jpeg').inputValue()).toBe('standing');
  await one.reload();
  await tiles(one).first().waitFor();
  expect(await one.getByLabel('Category of photo-0.jpeg').inputValue()).toBe('posterior');
});

test('The viewer shows the original, changes the image by arrow keys, zooms, and shows the metadata', async () => {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const ids = await upload(doctor, await createBatch(doctor, patient), await photos(3));
  for (const id of ids) await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  await page.getByRole('button', { name: 'Show photo-0.jpeg' }).click();
  const picture = page.locator('.viewer-stage > img');
  await expect.poll(() => picture.evaluate((image) => Reflect.get(image, 'naturalWidth'))).toBe(640);
  await page.getByText('640 × 480').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: 'photo-1.jpeg' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('heading', { name: 'photo-1.jpeg' }).waitFor();
  await picture.waitFor();
  const before = await picture.boundingBox();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(async () => (await picture.boundingBox())?.width).toBeGreaterThan(before?.width ?? 0);
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download image' }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe('photo-1.jpeg');
});

test('A selection is downloaded as ZIP, and its category is changed at once', async () => {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const ids = await upload(doctor, await createBatch(doctor, patient), await photos(3));
  for (const id of ids) await decided(doctor, id);
  const page = await browsing.signedIn('staff', `/patients/${patient}`);
  await openBatch(page);
  await page.getByLabel('Select photo-0.jpeg').check();
  await page.getByLabel('Select photo-2.jpeg').check();
  await page.getByLabel('Category of the selection').selectOption('X-Ray');
  await expect.poll(() => page.getByLabel('Category of photo-2.jpeg').inputValue()).toBe('x_ray');
  expect(await page.getByLabel('Category of photo-1.jpeg').inputValue()).toBe('other');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download 2 selected' }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe('Visit.zip');
});

test('A search finds images by their caption, in every batch', async () => {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const ids = await upload(doctor, await createBatch(doctor, patient), await photos(2));
  for (const id of ids) await decided(doctor, id);
  await doctor.json('PATCH', `/api/images/${ids[1]}`, 200, { caption: 'after the cast' });
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await page.getByRole('button', { name: 'Search images' }).click();
  await page.getByRole('searchbox').fill('cast');
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  expect(await page.getByRole('button', { name: 'Show photo-0.jpeg' }).count()).toBe(0);
  await page.getByRole('heading', { name: 'photo-1.jpeg' }).waitFor();
});
