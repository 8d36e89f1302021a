import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photo, photos } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { createBatch, readyNames, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const PHOTOS = 24;
const isPut = 'PUT';

/** Delays each upload, so that there is time to interrupt it. */
async function slow(page: Page, ms: number) {
  await page.route('**/local/s3/**', async (route) => {
    if (route.request().method() === isPut) await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue().catch(() => undefined);
  });
}

/** The final images of the batch. */
const stored = async (batchId: string) => readyNames(await service.as('doctor'), batchId);

test('A lost network and a reload of the page lose no upload, and store none twice', {
  timeout: 120_000,
}, async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-3001');
  const page = await browsing.signedIn('doctor', '/patients/P-3001');
  await openBatch(page);
  await slow(page, 250);
  const files = await photos(PHOTOS);
  await drop(page, files);
  await page.getByText(/^[1-9]\d* of 24 files stored/).waitFor();
  for (let cut = 0; cut < 2; cut += 1) {
    await page.context().setOffline(true);
    await page.waitForTimeout(700);
    await page.context().setOffline(false);
    await page.waitForTimeout(700);
  }
  await page.reload();
  // From here on nobody clicks: the remaining uploads continue without a click.
  await expect.poll(() => stored(batch), { timeout: 60_000 }).toEqual(files.map(({ name }) => name).sort());
  const summary = await doctor.json('GET', '/api/patients/P-3001/image-summary', 200);
  expect(summary).toEqual({ batches: 1, images: PHOTOS });
});

test('An expired URL is signed again without a click, and bytes that were stored are not sent again', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-3002');
  const page = await browsing.signedIn('doctor', '/patients/P-3002');
  await openBatch(page);
  const tries = { total: 0, arrivedUnheard: 0, refused: 0 };
  await page.route('**/local/s3/**', async (route) => {
    if (route.request().method() !== isPut) return route.continue();
    tries.total += 1;
    if (tries.total === 1) {
      // The bytes are stored, and the answer says the opposite.
      tries.arrivedUnheard += 1;
      await route.fetch();
      return route.fulfill({ status: 403 });
    }
    if (tries.total === 2) {
      tries.refused += 1;
      return route.fulfill({ status: 403 });
    }
    return route.continue();
  });
  const files = await photos(4);
  await drop(page, files);
  await expect.poll(() => stored(batch), { timeout: 25_000 }).toEqual(files.map(({ name }) => name).sort());
  // Four files: one whose answer was lost, one that was sent twice, and two without a fault.
  expect(tries).toEqual({ total: 5, arrivedUnheard: 1, refused: 1 });
});

test('Uploads can be paused and continued, and cancelled ones are not sent', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-3003');
  const page = await browsing.signedIn('doctor', '/patients/P-3003');
  await openBatch(page);
  await slow(page, 2000);
  const files = await photos(8);
  await drop(page, files);
  await page.getByRole('button', { name: 'Pause uploads' }).click();
  await page.getByText(/paused/).waitFor();
  await page.getByRole('button', { name: 'Show the files' }).click();
  const [last, ...rest] = files.map(({ name }) => name).reverse();
  await page.getByRole('button', { name: `Remove ${last}` }).click();
  await page.getByRole('button', { name: 'Go on uploading' }).click();
  await expect.poll(() => stored(batch), { timeout: 25_000 }).toEqual(rest.sort());
});

test('A page that loses its network right after it is loaded computes checksums when the network is back', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-4105');
  const page = await browsing.signedIn('doctor', '/patients/P-4105');
  await openBatch(page);
  let refused = 0;
  await page.route('**/assets/crc-worker*', (route) => {
    refused += 1;
    return refused <= 2 ? route.abort() : route.continue();
  });
  await drop(page, [{ ...(await photo({ seed: 9 })), name: 'late.jpeg' }]);
  await expect.poll(() => stored(batch), { timeout: 25_000 }).toEqual(['late.jpeg']);
  expect(refused).toBeGreaterThan(2);
});
