import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page, Route } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { cameraRoll } from '../fixtures/camera-photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { dropPaths } from '../support/browser/real-drop.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { canUnload } from '../support/persisted-files.ts';
import { type Client, createBatch, until } from '../support/service.ts';

const PHOTOS = 200;
const LONG_SECONDS = 600;
/** The lifetime of an upload URL in this file: so short that some expire while their files wait. */
const URL_SECONDS = 20;

// The default limits of requests, and the default values of the other settings.
const limits = Limits.parse({ uploadUrlSeconds: URL_SECONDS });
const service = useOwnStack({ environment: { LIMITS: JSON.stringify(limits) } });
const browsing = useBrowser(service);
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-photos-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

type Image = { id: string; original_name: string; status: string };

/** All images of the batch. */
async function imagesOf(doctor: Client, batchId: string): Promise<Image[]> {
  const { images, next } = await doctor.json('GET', `/api/images/?batch_id=${batchId}&limit=200`, 200);
  // No duplicate image is hidden on another page.
  const more = next
    ? (await doctor.json('GET', `/api/images/?batch_id=${batchId}&cursor=${next}`, 200)).images
    : [];
  return [...images, ...more];
}

/** The keys in the store with this prefix. */
function keysOf(prefix: string): string[] {
  const state = new DatabaseSync(join(service.dataDir, 'state.sqlite'), { readOnly: true });
  try {
    const rows = state.prepare('SELECT key FROM objects WHERE key LIKE ? ORDER BY key').all(`${prefix}%`);
    return rows.map(({ key }) => String(key));
  } finally {
    state.close();
  }
}

const storedSoFar = async (page: Page) =>
  Number(/^\d+/.exec((await page.getByText(/of \d+ files stored/).textContent()) ?? '')?.[0] ?? 0);
async function untilMoreStored(page: Page): Promise<void> {
  const enough = (await storedSoFar(page)) + 20;
  await until(async () => (await storedSoFar(page).catch(() => 0)) >= enough, LONG_SECONDS);
}

test('Of 200 photos of 3 MB, with three network failures, one reload and expired URLs, each is stored once', async () => {
  const photos = await cameraRoll(folder, PHOTOS);
  const dropped = Object.fromEntries(photos.map((path) => [basename(path), digest(readFileSync(path))]));
  expect(new Set(Object.values(dropped)).size).toBe(PHOTOS);
  const doctor = await service.as('doctor', { sub: 'who looks' });
  const batch = await createBatch(doctor, 'P-4200');
  // Not a private window, in which Chromium stores no more than 500 MB.
  const page = await browsing.signedIn('doctor', '/patients/P-4200', { profile: join(folder, 'profile') });
  await page.getByRole('button', { name: /^Visit/ }).click();

  const answers: Record<number, number> = {};
  let held = false;
  await page.context().route('**/local/s3/**', async (route: Route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    if (!held && (await storedSoFar(page).catch(() => 0)) >= 10) {
      held = true;
      // A request that starts in time, and arrives too late.
      await sleep((URL_SECONDS + 1) * 1000);
    }
    await route.continue().catch(() => undefined);
  });
  page.on('response', (response) => {
    if (response.request().method() !== 'PUT') return;
    answers[response.status()] = (answers[response.status()] ?? 0) + 1;
  });

  await dropPaths(page, photos);
  const cutNetwork = async (ms: number, meanwhile = async () => {}) => {
    await page.context().setOffline(true);
    await page.waitForTimeout(ms);
    await meanwhile();
    await page.context().setOffline(false);
  };
  await until(async () => answers[403], LONG_SECONDS);
  await cutNetwork(2000);
  await untilMoreStored(page);
  // So long that every URL so far expires.
  await cutNetwork((URL_SECONDS + 3) * 1000, async () => {
    await until(() => canUnload(page), LONG_SECONDS);
  });
  await untilMoreStored(page);
  expect(await storedSoFar(page)).toBeLessThan(PHOTOS);
  await page.reload();
  await page.waitForTimeout(2000);
  await cutNetwork(1000);

  // From here on nobody clicks: the remaining uploads continue without a click.
  const uploads = page.getByRole('region', { name: 'Uploads' });
  let ready: Image[] = [];
  const progress = async () => {
    ready = (await imagesOf(doctor, batch)).filter(({ status }) => status === 'ready');
    return { ready: ready.length, onTheirWay: await uploads.allInnerTexts() };
  };
  // Each reads two pages of images; a person has a hundred requests a minute.
  const polling = { timeout: LONG_SECONDS * 1000, interval: 3000 };
  // Others may have been registered whose URLs expired before their bytes were sent: they are removed within
  // a day.
  await expect.poll(progress, polling).toEqual({ ready: PHOTOS, onTheirWay: [] });
  const stored: Record<string, string> = {};
  for (const { id, original_name } of ready) {
    const response = await doctor.send('GET', `/api/images/${id}/data`);
    stored[original_name] = digest(new Uint8Array(await response.arrayBuffer()));
  }
  expect(stored).toEqual(dropped);
  expect(await doctor.json('GET', '/api/patients/P-4200/image-summary', 200)).toEqual({
    batches: 1,
    images: PHOTOS,
  });
  // The directory of objects belongs to the store while it runs.
  await service.stop();
  const originals = keysOf('images/').filter((key) => !key.includes('_'));
  expect(originals).toEqual(ready.map(({ id }) => `images/${id}.jpg`).sort());
});
