import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { movedBefore, movedBy, placesFor } from '../../web/src/patient/image-order.ts';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const shown = (page: Page) =>
  page
    .locator('.tile')
    .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label')?.slice(6, 7)).join(''));

/** A batch of five, shown in two browsers. */
async function fiveIn(patient: string) {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, patient);
  const files = await Promise.all([1, 2, 3, 4, 5].map((seed) => photo({ seed })));
  for (const id of await upload(doctor, batch, files)) await decided(doctor, id);
  const open = async (person: string) => {
    const page = await browsing.signedIn(person, `/patients/${patient}`);
    await page.getByRole('button', { name: /^Visit/ }).click();
    await expect.poll(() => shown(page), { timeout: 5000 }).toBe('12345');
    return page;
  };
  const stored = async () => {
    const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
    return images.map(({ original_name: name }: { original_name: string }) => name.slice(6, 7)).join('');
  };
  return { page: await open('staff'), other: await open('doctor'), stored, doctor, batch };
}

test('A picture is dragged to another position; other people see it there, and later uploads are last', async () => {
  const { page, other, stored, doctor, batch } = await fiveIn('P-6201');
  const tile = (seed: number) => page.getByRole('article', { name: `photo-${seed}.jpeg` });
  const box = await tile(2).boundingBox();
  await tile(4).dragTo(tile(2), { targetPosition: { x: 10, y: 60 } });
  await expect.poll(() => shown(page), { timeout: 5000 }).toBe('14235');
  await expect.poll(stored, { timeout: 5000 }).toBe('14235');
  await expect.poll(() => shown(other), { timeout: 2000 }).toBe('14235');
  await tile(1).dragTo(tile(3), { targetPosition: { x: (box?.width ?? 0) - 10, y: 60 } });
  await expect.poll(stored, { timeout: 5000 }).toBe('42315');
  const [id = ''] = await upload(doctor, batch, [await photo({ seed: 6 })]);
  await decided(doctor, id);
  await expect.poll(() => shown(other), { timeout: 5000 }).toBe('423156');
  await page.reload();
  await expect.poll(() => shown(page), { timeout: 5000 }).toBe('423156');
});

test('Selected images move by keyboard, and stay together', async () => {
  const { page, stored } = await fiveIn('P-6202');
  await page.getByLabel('Select photo-3.jpeg').check();
  await page.getByLabel('Select photo-5.jpeg').check();
  const earlier = page.getByRole('button', { name: 'Move earlier' });
  await earlier.focus();
  // As fast as keys repeat on a busy computer: before the page is drawn again, and before the service has
  // answered.
  await earlier.evaluate((button: { click(): void }) => {
    button.click();
    button.click();
  });
  await expect.poll(stored).toBe('35124');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(stored).toBe('13524');
  expect(await shown(page)).toBe('13524');
});

describe('New positions', () => {
  const images = (...orders: number[]) =>
    orders.map((order, index) => ({ id: 'abcdefgh'[index] ?? '', order }));
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join('');
  /** The order in which the service would list them. */
  const after = (listed: readonly { id: string; order: number }[]) => {
    const orders = new Map(placesFor(listed).flatMap(({ ids, order }) => ids.map((id) => [id, order])));
    return ids(
      listed
        .map(({ id, order }) => ({ id, order: orders.get(id) ?? order }))
        .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)),
    );
  };

  test('are as few as possible: an image that moves to the front is the only one that changes', () => {
    const list = images(0, 0, 0, 0);
    expect(placesFor(movedBefore(list, new Set(['d']), 'a'))).toEqual([{ order: -1, ids: ['d'] }]);
    expect(placesFor(list)).toEqual([]);
  });

  test('never exceed the old ones, so that later uploads stay last', () => {
    const list = movedBefore(images(0, 0, 0, 0), new Set(['a']), undefined);
    expect(placesFor(list)).toEqual([{ order: -1, ids: ['b', 'c', 'd'] }]);
  });

  test('produce every order', () => {
    const orders = (list: string[]): string[][] =>
      list.length < 2
        ? [list]
        : list.flatMap((first) =>
            orders(list.filter((each) => each !== first)).map((rest) => [first, ...rest]),
          );
    for (const start of [images(0, 0, 0, 0), images(-3, -1, -1, 0), images(2, 2, 5, 9)]) {
      for (const wanted of orders(['a', 'b', 'c', 'd'])) {
        const listed = wanted.flatMap((id) => start.find((image) => image.id === id) ?? []);
        expect(after(listed)).toBe(wanted.join(''));
      }
    }
  });

  test.each([
    ['c', -1, 'acbde'],
    ['c', 1, 'abdce'],
    ['a', -1, 'abcde'],
    ['e', 1, 'abcde'],
    ['bd', -1, 'bdace'],
    ['bd', 1, 'acebd'],
    ['ab', -1, 'abcde'],
  ] as const)('%s by %i', (moved, step, expected) => {
    expect(ids(movedBy(images(0, 0, 0, 0, 0), new Set(moved), step))).toBe(expected);
  });
});
