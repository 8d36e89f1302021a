import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const PATIENT = newPatient();
/** The image that is annotated in one of the tests. */
let annotated = '';
beforeAll(async () => {
  const doctor = await service.as('doctor');
  const files = await Promise.all([
    ...[1, 2, 3, 4].map((seed) => photo({ seed })),
    photo({ seed: 5, width: 2400, height: 1800, name: 'large.jpeg' }),
    photo({ seed: 6, format: 'tiff', name: 'scan.tiff' }),
  ]);
  const ids = await upload(doctor, await createBatch(doctor, PATIENT), files);
  for (const id of ids) await decided(doctor, id);
  annotated = ids[0] as string;
  await doctor.json('PATCH', `/api/images/${ids[0]}`, 200, {
    category: 'x_ray',
    caption: 'Standing.\nControl in May.',
    date_taken: '2025-03-12',
  });
});

/** Opens the dialog, in a browser that only records what it would print. */
async function printing(names: readonly string[]) {
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
  await page.evaluate(() => {
    const printed: unknown[] = [];
    Reflect.set(globalThis, 'printed', printed);
    Reflect.set(globalThis, 'print', () => {
      const pictures: Iterable<unknown> = Reflect.get(globalThis, 'document').querySelectorAll(
        '.print-sheet img',
      );
      printed.push([...pictures].map((picture) => Reflect.get(Object(picture), 'naturalWidth')));
    });
  });
  await page.getByRole('button', { name: /^Visit/ }).click();
  for (const name of names) await page.getByLabel(`Select ${name}`).check();
  await page.getByRole('button', { name: 'Print' }).click();
  return page;
}
const print = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Print' }).click();
const printed = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'printed'));

test('A selection is printed once all of its images are loaded, in the size that paper needs', async () => {
  const page = await printing(['photo-1.jpeg', 'large.jpeg', 'scan.tiff']);
  await page.route('**/data**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await print(page);
  await page.getByText(/^Getting the images/).waitFor();
  // Neither a thumbnail of 300 px nor an original of megabytes.
  await expect.poll(() => printed(page), { timeout: 10_000 }).toEqual([[640, 1600, 640]]);
});

test('The print has the patient’s number, and each image’s category, day, name and caption, and nothing else of the page', async () => {
  const page = await printing(['photo-1.jpeg', 'photo-2.jpeg']);
  await print(page);
  await expect.poll(() => printed(page), { timeout: 10_000 }).toHaveLength(1);
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('.print-sheet');
  expect(await sheet.isVisible()).toBe(true);
  const words = await sheet.innerText();
  expect(words).toMatch(new RegExp(`Patient ${PATIENT}\\s+Visit\\s+Printed \\d`));
  expect(words).toContain('X-Ray · captured 12 Mar 2025 · photo-1.jpeg\nStanding.\nControl in May.');
  expect(words).toMatch(/ · uploaded \d+ \w+ \d{4} · photo-2\.jpeg/);
  expect(await page.locator('#root').evaluate((root) => Reflect.get(root, 'offsetHeight'))).toBe(0);
  await page.emulateMedia({ media: 'screen' });
  expect(await sheet.isVisible()).toBe(false);
});

test('A page has the chosen number of images', async () => {
  const names = [1, 2, 3, 4].map((seed) => `photo-${seed}.jpeg`);
  const page = await printing(names);
  const pages = async () => {
    const file = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    return file.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length;
  };
  await print(page);
  await expect.poll(() => printed(page), { timeout: 10_000 }).toHaveLength(1);
  expect(await pages()).toBe(1);
  await page.getByLabel('Images on a page').selectOption('2');
  await print(page);
  await expect.poll(() => printed(page), { timeout: 10_000 }).toHaveLength(2);
  expect(await pages()).toBe(2);
  await page.getByLabel('Images on a page').selectOption('1');
  await print(page);
  await expect.poll(() => printed(page), { timeout: 10_000 }).toHaveLength(3);
  expect(await pages()).toBe(4);
});

test('The print has the annotations on request: their shapes over the picture, and what they say below it', async () => {
  const page = await printing(['photo-1.jpeg', 'photo-2.jpeg']);
  expect(await page.getByRole('checkbox', { name: 'With annotations' }).count()).toBe(0);
  const doctor = await service.as('doctor');
  const points = [
    [64, 240],
    [320, 240],
  ];
  await doctor.json('POST', `/api/images/${annotated}/annotations`, 201, {
    shape: { kind: 'length', points },
    text: 'Ulcer',
  });
  const again = await printing(['photo-1.jpeg', 'photo-2.jpeg']);
  await again.getByRole('checkbox', { name: 'With annotations' }).check();
  await print(again);
  await expect.poll(() => printed(again), { timeout: 10_000 }).toHaveLength(1);
  await again.emulateMedia({ media: 'print' });
  const sheet = again.locator('.print-sheet');
  expect(await sheet.innerText()).toContain('1 · Length · 256 px · Ulcer');
  expect(await sheet.locator('.mark').count()).toBe(1);
  const picture = await sheet.getByRole('img', { name: 'photo-1.jpeg' }).boundingBox();
  const line = await sheet.locator('.mark-line').boundingBox();
  const within = ((line?.x ?? 0) - (picture?.x ?? 0)) / (picture?.width ?? 1);
  expect(within).toBeCloseTo(0.1, 1);
  expect((line?.width ?? 0) / (picture?.width ?? 1)).toBeCloseTo(0.4, 1);
  await again.emulateMedia({ media: 'screen' });
  // Without them again, by the same dialog.
  await again.getByRole('checkbox', { name: 'With annotations' }).uncheck();
  await print(again);
  await expect.poll(() => printed(again), { timeout: 10_000 }).toHaveLength(2);
  expect(await sheet.locator('.mark').count()).toBe(0);
});

test('A deleted image stops the print with a message', async () => {
  const page = await printing(['photo-1.jpeg', 'photo-2.jpeg']);
  await page.route('**/data**', (route) =>
    route.fulfill({
      status: 404,
      json: { statusCode: 404, message: 'No such image', error: 'Not Found', details: [] },
    }),
  );
  await print(page);
  await page.getByText('The images cannot be printed: No such image').waitFor();
  expect(await printed(page)).toEqual([]);
});
