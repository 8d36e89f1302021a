import { expect, test } from 'vitest';
import { listedImage } from '../fixtures/listed-image.ts';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { createBatch, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const IMAGES = 5000;
const PAGE = 100;

test('A batch of 5,000 images draws and requests only images near the view, to the last one', async () => {
  const batch = await createBatch(await service.as('doctor'), 'P-5000');
  const page = await browsing.signedIn('doctor', '/patients/P-5000');
  const { bytes } = await photo({ width: 300, height: 225 });
  // By their offsets: the page that was read before the socket opened is read once more.
  const asked = { lists: new Set<number>(), thumbnails: new Set<string>() };
  await page.route('**/thumbnails/*', (route) => {
    asked.thumbnails.add(route.request().url());
    return route.fulfill({ body: Buffer.from(bytes), contentType: 'image/jpeg' });
  });
  await page.route('**/api/images?**', (route) => {
    const start = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    asked.lists.add(start);
    const images = Array.from({ length: PAGE }, (_value, index) => listedImage(batch, start + index));
    const next = start + PAGE < IMAGES ? String(start + PAGE) : null;
    return route.fulfill({ json: { images, next } });
  });
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByRole('button', { name: 'Show photo-0.jpeg' }).waitFor();
  await page.waitForTimeout(500);
  expect(asked.lists.size).toBe(1);
  expect(asked.thumbnails.size).toBeLessThan(40);
  expect(await page.locator('.tile').count()).toBeLessThan(40);

  const scroller = page.locator('.scroller');
  await scroller.hover();
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 700);
  await expect
    .poll(() => scroller.evaluate((element) => Reflect.get(element, 'scrollTop')))
    .toBeGreaterThan(10_000);
  expect(await page.locator('.tile').count()).toBeLessThan(40);

  // To the end, where the last image is: the list grows by a page each time, as fast as the computer reads it.
  const last = page.getByRole('button', { name: `Show photo-${IMAGES - 1}.jpeg` });
  const toTheEnd = async () => {
    await scroller.evaluate((element) =>
      Reflect.set(element, 'scrollTop', Reflect.get(element, 'scrollHeight')),
    );
    return last.isVisible();
  };
  await expect.poll(toTheEnd, { timeout: 45_000 }).toBe(true);
  expect(asked.lists.size).toBe(IMAGES / PAGE);
  expect(await page.locator('.tile').count()).toBeLessThan(40);
});
