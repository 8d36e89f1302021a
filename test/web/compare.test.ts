import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const PATIENT = newPatient();
beforeAll(async () => {
  const doctor = await service.as('doctor');
  const files = await Promise.all([1, 2, 3].map((seed) => photo({ seed })));
  for (const id of await upload(doctor, await createBatch(doctor, PATIENT), files)) await decided(doctor, id);
});

/** Opens the patient, and compares the two. */
async function compared(one: string, other: string, options?: Parameters<typeof browsing.signedIn>[2]) {
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`, options);
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByLabel(`Select ${one}`).check();
  await page.getByLabel(`Select ${other}`).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect.poll(() => drawn(page)).toBe(2);
  return page;
}

const comparison = (page: Page) => page.getByRole('region', { name: 'Comparison' });
const pictures = (page: Page) => comparison(page).locator('.compare-frame > img');
const drawn = (page: Page) =>
  pictures(page).evaluateAll(
    (found) => found.filter((picture) => Reflect.get(picture, 'naturalWidth') > 0).length,
  );
/** The zoom and the offset of each picture. */
const views = (page: Page) =>
  comparison(page)
    .locator('.compare-zoomed')
    .evaluateAll((found) => found.map((each) => Reflect.get(Reflect.get(each, 'style'), 'transform')));
/** The view that both pictures have, at most one frame apart, and different from the one before. */
async function sharedView(page: Page, before?: string): Promise<string> {
  let view: string | undefined;
  const isShared = async () => {
    const [one, other] = await views(page);
    view = one;
    return one === other && one !== before;
  };
  await expect.poll(isShared).toBe(true);
  return view ?? '';
}
const boxes = async (page: Page) =>
  Promise.all((await pictures(page).all()).map((picture) => picture.boundingBox()));

test('Three cannot be compared, and one is asked for the other', async () => {
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
  await page.getByRole('button', { name: /^Visit/ }).click();
  const compare = page.getByRole('button', { name: 'Compare' });
  await page.getByLabel('Select photo-1.jpeg').check();
  await compare.click();
  const others = page.getByRole('dialog').getByRole('listitem');
  await expect.poll(() => others.count()).toBe(2);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByLabel('Select photo-2.jpeg').check();
  expect(await compare.isEnabled()).toBe(true);
  await page.getByLabel('Select photo-3.jpeg').check();
  expect(await compare.isDisabled()).toBe(true);
});

test('Two images are shown side by side in the same size; zoom and pan of one change the other', async () => {
  const page = await compared('photo-1.jpeg', 'photo-3.jpeg');
  await comparison(page).getByText('photo-3.jpeg').waitFor();
  const [left, right] = await boxes(page);
  // A difference of half a pixel does not count.
  expect(Math.round(left?.y ?? 0)).toBe(Math.round(right?.y ?? 1));
  expect(Math.round(left?.width ?? 0)).toBe(Math.round(right?.width ?? 1));
  expect(Math.round(left?.height ?? 0)).toBe(Math.round(right?.height ?? 1));
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan((right?.x ?? 0) + 1);

  const fitted = await sharedView(page);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const zoomed = await sharedView(page, fitted);

  // The mouse wheel over the right one, then the mouse drags the left one.
  await page.mouse.move((right?.x ?? 0) + 60, (right?.y ?? 0) + 90);
  await page.mouse.wheel(0, -300);
  const wheeled = await sharedView(page, zoomed);
  await page.mouse.move((left?.x ?? 0) + 200, (left?.y ?? 0) + 200);
  await page.mouse.down();
  await page.mouse.move((left?.x ?? 0) + 260, (left?.y ?? 0) + 230, { steps: 4 });
  await page.mouse.up();
  await sharedView(page, wheeled);

  await page.keyboard.press('0');
  await expect.poll(() => views(page)).toEqual([fitted, fitted]);
  await page.keyboard.press('+');
  await expect.poll(() => views(page)).toEqual([zoomed, zoomed]);
});

test('The two sides are swapped, and the list keeps its position', async () => {
  const page = await compared('photo-1.jpeg', 'photo-2.jpeg');
  const names = () => comparison(page).locator('.compare-name').allTextContents();
  expect(await names()).toEqual(['photo-1.jpeg', 'photo-2.jpeg']);
  await page.getByRole('button', { name: 'Swap sides' }).click();
  await expect.poll(names).toEqual(['photo-2.jpeg', 'photo-1.jpeg']);
  await page.getByRole('button', { name: 'Close comparison' }).click();
  await comparison(page).waitFor({ state: 'detached' });
  expect(await page.getByLabel('Select photo-1.jpeg').isChecked()).toBe(true);
});

test('On a phone one image is above the other, and nothing covers them', async () => {
  const page = await compared('photo-1.jpeg', 'photo-2.jpeg', { viewport: { width: 390, height: 844 } });
  const [above, below] = await boxes(page);
  expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThan(below?.y ?? 0);
  expect(above?.height).toBeGreaterThan(200);
  expect(above?.height).toBe(below?.height);
  expect(await page.getByRole('button', { name: 'New batch' }).isVisible()).toBe(false);
});
