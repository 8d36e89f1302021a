import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photo, photos } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { drawn, openBatch, tiles } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** A page on which a batch with photographs is open. */
async function openedBatch(count: number) {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, patient);
  const ids = await upload(doctor, batch, await photos(count));
  for (const id of ids) await decided(doctor, id);
  const viewport = { width: 1440, height: 1200 };
  const page = await browsing.signedIn('doctor', `/patients/${patient}`, { viewport });
  await openBatch(page);
  await expect.poll(() => tiles(page).count()).toBe(count);
  return { page, doctor, batch, ids };
}

test('Shift selects all images from the last clicked one on, and deselects them', async () => {
  const { page } = await openedBatch(6);
  const box = (index: number) => page.getByLabel(`Select photo-${index}.jpeg`);
  const selected = async () => {
    const boxes = await page.locator('.tile-check input').all();
    return (await Promise.all(boxes.map((each) => each.isChecked()))).map(Number).join('');
  };
  await box(1).click();
  await box(4).click({ modifiers: ['Shift'] });
  expect(await selected()).toBe('011110');
  await page.getByRole('button', { name: 'Download 4 selected' }).waitFor();
  await box(5).click();
  await box(3).click({ modifiers: ['Shift'] });
  expect(await selected()).toBe('011000');
  await box(0).focus();
  await page.keyboard.press('Space');
  expect(await selected()).toBe('111000');
});

test('No tile moves under the pointer: new images are last, deleted ones leave a gap until the pointer is elsewhere', async () => {
  const { page, doctor, batch, ids } = await openedBatch(4);
  const target = page.getByRole('article', { name: 'photo-2.jpeg' });
  await target.hover();
  const at = await target.boundingBox();
  // Uploads of one's own, whose list comes and goes; a selection, with its bar; changes by somebody else.
  await drop(page, [
    await photo({ seed: 7 }),
    { name: 'x.txt', type: 'text/plain', bytes: Buffer.from('x') },
  ]);
  await page.getByText('Not an image that is taken').first().waitFor();
  expect(await target.boundingBox()).toEqual(at);
  await page.getByLabel('Select photo-2.jpeg').click();
  await page.getByRole('toolbar', { name: 'Selection' }).waitFor();
  expect(await target.boundingBox()).toEqual(at);
  await doctor.json('DELETE', `/api/images/${ids[0]}`, 204);
  await expect.poll(() => page.getByRole('article', { name: 'photo-0.jpeg' }).count()).toBe(0);
  const [added = ''] = await upload(doctor, batch, [await photo({ seed: 8 })]);
  await decided(doctor, added);
  await page.getByRole('article', { name: 'photo-8.jpeg' }).waitFor();
  expect(await target.boundingBox()).toEqual(at);
  await page.getByRole('heading', { level: 1 }).hover();
  await expect.poll(async () => (await target.boundingBox())?.x !== at?.x).toBe(true);
});

test('Badge, batch and footer have the same number at all times: while images come, are refused and are deleted', async () => {
  const { page } = await openedBatch(1);
  await page.evaluate(watchCounts);
  await drop(page, [
    ...(await photos(3, { width: 320 })).map((file) => ({ ...file, name: `more-${file.name}` })),
    { name: 'liar.jpg', type: 'image/jpeg', bytes: Buffer.from('no picture') },
  ]);
  await page.locator('.tile[data-status=rejected]').waitFor();
  await expect.poll(() => drawn(page), { timeout: 20_000 }).toBe(4);
  await expect.poll(() => countsOf(page)).toEqual([4, 4, 4]);
  await page.getByRole('button', { name: 'Show more-photo-0.jpeg' }).click();
  await page.getByRole('button', { name: 'Delete image' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete image' }).click();
  await expect.poll(() => countsOf(page)).toEqual([3, 3, 3]);
  const seen = await page.evaluate<string[]>('window.counts');
  expect(seen.at(-1)).toBe('3 3 3');
  expect(seen.filter((counts) => new Set(counts.split(' ')).size > 1)).toEqual([]);
});

const countsOf = async (page: Page) =>
  (await page.evaluate<string>('window.counted()')).split(' ').map(Number);

/** Notes the three numbers after each change of the page. By their names, because the types here are those of Node. */
const watchCounts = `
  const number = (selector) => /(\\d+) image/.exec(document.querySelector(selector)?.textContent ?? '')?.[1];
  window.counted = () => ['.badge.red', '.batch-title', '.patient-foot'].map(number).join(' ');
  window.counts = [];
  new MutationObserver(() => {
    if (window.counts.at(-1) !== window.counted()) window.counts.push(window.counted());
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  undefined;
`;
