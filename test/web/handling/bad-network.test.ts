import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photos } from '../../fixtures/photos.ts';
import { drop, useBrowser } from '../../support/browser/browser.ts';
import { drawn, openBatch, tiles } from '../../support/browser/patient-page.ts';
import { newPatient } from '../../support/people.ts';
import { createBatch, decided, readyNames, upload, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const READ_DELAY_MS = 5000;
const EVERY = 10;
/** A response of API Gateway for a function that did not answer; it names no time to wait. */
const BUSY = { status: 503, json: { message: 'Service Unavailable' } };

/** Delays each read, and answers every tenth request to the API by 503. Returns the numbers of both. */
async function disturb(page: Page) {
  const seen = { reads: 0, requests: 0, refused: 0 };
  await page.route('**/{api,dicom,dicom-web}/**', async (route) => {
    const isRead = route.request().method() === 'GET';
    seen.requests += 1;
    const isRefused = seen.requests % EVERY === 0;
    if (isRead) {
      seen.reads += 1;
      await new Promise((resolve) => setTimeout(resolve, READ_DELAY_MS));
    }
    if (isRefused) seen.refused += 1;
    await (isRefused ? route.fulfill(BUSY) : route.continue()).catch(() => undefined);
  });
  return seen;
}

/** Notes the names on the page that are there twice, and the number of those that are there, after each change. */
const watchTiles = `
  window.doubled = [];
  window.fewest = undefined;
  new MutationObserver(() => {
    const names = [...document.querySelectorAll('.tile')].map((tile) => tile.getAttribute('aria-label'));
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    window.doubled.push(...twice);
    if (names.length === 12) window.fewest = 12;
    if (window.fewest !== undefined) window.fewest = Math.min(window.fewest, names.length);
  }).observe(document.body, { subtree: true, childList: true });
  undefined;
`;

test('With reads delayed by five seconds, every tenth answer 503 and the network cut twice, each image is seen once, and none is lost', {
  timeout: 240_000,
}, async () => {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const batch = await createBatch(doctor, patient);
  const viewport = { width: 1440, height: 1600 };
  const page = await browsing.signedIn('doctor', `/patients/${patient}`, { viewport });
  await openBatch(page);
  await page.getByText('No images in this batch yet.').waitFor();
  const seen = await disturb(page);
  await page.evaluate(watchTiles);
  const files = await photos(12, { width: 320, height: 240 });
  await drop(page, files);
  // At once: no answer of the service is awaited.
  await expect.poll(() => page.locator('.tile').count(), { timeout: 2000 }).toBe(12);
  for (let cut = 0; cut < 2; cut += 1) {
    await page.waitForTimeout(4000);
    await page.context().setOffline(true);
    await page.getByText('No network. What you see stays').waitFor();
    await page.waitForTimeout(3000);
    await page.context().setOffline(false);
  }
  const names = files.map(({ name }) => name).sort();
  await expect.poll(() => readyNames(doctor, batch), { timeout: 120_000 }).toEqual(names);
  await expect.poll(() => tiles(page).count(), { timeout: 60_000 }).toBe(12);
  await expect.poll(() => drawn(page), { timeout: 60_000 }).toBe(12);
  expect(await page.evaluate('window.doubled')).toEqual([]);
  expect(await page.evaluate('window.fewest')).toBe(12);
  expect(seen.refused).toBeGreaterThan(0);
  expect(seen.reads).toBeGreaterThan(3);
  // No dead end: a change succeeds, and the page can be left and opened again.
  await page.getByLabel('Category of photo-3.jpeg').selectOption('casts');
  await expect
    .poll(
      async () =>
        (await doctor.json('GET', `/api/images?batch_id=${batch}&category=casts`, 200)).images.length,
      {
        timeout: 30_000,
      },
    )
    .toBe(1);
  await page.reload();
  // The batch is open as before.
  await expect.poll(() => drawn(page), { timeout: 90_000 }).toBe(12);
});

test('A read that fails is repeated by itself, a quiet banner says so, and “Try again” shows that it tries', async () => {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  await createBatch(doctor, patient);
  const page = await browsing.signedIn('doctor', '/');
  let isDown = true;
  let asked = 0;
  await page.route('**/api/images/batches?**', async (route) => {
    asked += 1;
    await (isDown ? route.fulfill(BUSY) : route.continue());
  });
  await page.goto(`/patients/${patient}`);
  await page.getByText('The batches cannot be shown at the moment').waitFor();
  await page.getByText('The page tries again by itself.').first().waitFor();
  await page.getByText('The service does not answer at the moment').waitFor();
  const before = asked;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Loading the batches').waitFor({ state: 'attached' });
  await expect.poll(() => asked).toBeGreaterThan(before);
  isDown = false;
  // Nobody clicks.
  await page.getByRole('button', { name: /^Visit/ }).waitFor({ timeout: 45_000 });
  await page.getByText('The batches cannot be shown').waitFor({ state: 'detached' });
}, 90_000);

test('A ZIP whose export cannot be asked for continues with the same export, also after a reload and on another page', async () => {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const batch = await createBatch(doctor, patient);
  for (const id of await upload(doctor, batch, await photos(2))) await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  const exports = { made: 0, asked: new Set<string>() };
  let isDown = true;
  // As for an archive that is too large to be streamed.
  await page.route('**/download', async (route) => {
    const { id } = await doctor.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
    exports.made += 1;
    await route.fulfill({ status: 202, json: { id } });
  });
  await page.route('**/api/exports/*', async (route) => {
    exports.asked.add(route.request().url());
    await (isDown ? route.abort() : route.continue());
  });
  await page.getByRole('button', { name: 'Download all of Visit' }).click();
  await page.getByText(/^Making the ZIP of “Visit”/).waitFor();
  await expect.poll(() => exports.asked.size).toBe(1);
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByText(/^Making the ZIP of “Visit”/).waitFor();
  await page.reload();
  await page.getByText(/^Making the ZIP of “Visit”/).waitFor();
  const saved = page.waitForEvent('download', { timeout: 30_000 });
  isDown = false;
  expect((await saved).suggestedFilename()).toBe('Visit.zip');
  await page.getByText(/^Making the ZIP/).waitFor({ state: 'detached' });
  expect(exports).toMatchObject({ made: 1 });
  expect(exports.asked.size).toBe(1);
}, 60_000);

test('A part of the page whose code does not come is asked for again; one that never comes is a message, and not an empty page', async () => {
  const page = await browsing.signedIn('admin', '/');
  let attempts = 0;
  let isBack = false;
  await page.clock.install();
  await page.route('**/assets/{status,keys}-page-*.js', (route) => {
    if (isBack) return route.continue();
    attempts += 1;
    return route.abort();
  });
  await page.getByRole('link', { name: 'Status' }).click();
  await expect.poll(() => attempts).toBeGreaterThan(0);
  isBack = true;
  await page.clock.runFor(2000);
  await page.getByRole('heading', { name: 'Status' }).waitFor();

  isBack = false;
  await page.getByRole('link', { name: 'API keys' }).click();
  const failure = page.getByRole('alert').getByText('This part of the page can not be shown');
  await expect
    .poll(async () => {
      await page.clock.runFor(20_000);
      return failure.isVisible();
    })
    .toBe(true);
  expect(await page.getByRole('link', { name: 'Status' }).isVisible()).toBe(true);
  isBack = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
});
