import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { cameraPhoto } from '../fixtures/camera-photos.ts';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { createBatch, decided, type TestFile, upload } from '../support/service.ts';
import { unzip } from '../support/unzip.ts';

const MB = 1024 * 1024;
const PHOTOS = 8;

// With one photograph more, the batch is over the limit of streams in this file.
const limits = { ...JSON.parse(NO_RATE_LIMITS.LIMITS), zipBytes: (PHOTOS + 1) * 3 * MB };
const service = useOwnStack({ environment: { LIMITS: JSON.stringify(limits) } });
const browsing = useBrowser(service);

const clickDownload = (page: Page) => page.getByRole('button', { name: 'Download all of Visit' }).click();

/** Starts the download of the batch; returns its URL in the browser, and its bytes. */
async function downloaded(page: Page, start: () => Promise<void> = () => clickDownload(page)) {
  const download = page.waitForEvent('download', { timeout: 60_000 });
  await start();
  await page.getByText(/^Making the ZIP/).waitFor();
  const saved = await download;
  return { name: saved.suggestedFilename(), url: saved.url(), bytes: readFileSync(await saved.path()) };
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function filled(patient: string, files: TestFile[]) {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, patient);
  for (const id of await upload(doctor, batch, files)) await decided(doctor, id);
  return { batch, page: await browsing.signedIn('staff', `/patients/${patient}`) };
}

test('A small batch is downloaded as a stream', async () => {
  const files = [await photo({ seed: 1 }), await photo({ seed: 2 })];
  const { page } = await filled('P-7001', files);
  const { name, url, bytes } = await downloaded(page);
  expect([name, url.slice(0, 5)]).toEqual(['Visit.zip', 'blob:']);
  expect([...(await unzip(bytes)).keys()]).toEqual(files.map(({ name }) => name));
});

test('Edited images are downloaded as originals or as edited, whatever the person chooses', async () => {
  const files = [await photo({ seed: 1 }), await photo({ seed: 2, name: 'plain.jpeg' })];
  const { batch, page } = await filled('P-7004', files);
  const doctor = await service.as('doctor');
  const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
  const [{ id }] = images;
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps: { quarterTurns: 1 }, version: 0 });
  const copy = await doctor.send('GET', `/api/images/${id}/data?format=jpeg&edit=1`);
  const edited = digest(new Uint8Array(await copy.arrayBuffer()));
  const originals = files.map(({ bytes }) => digest(bytes));
  const dialog = page.getByRole('dialog', { name: 'Download originals, or as edited?' });
  const choose = (name: string) => dialog.getByRole('button', { name }).click();
  const contents = async (start: () => Promise<void>) => {
    const entries = await unzip((await downloaded(page, start)).bytes);
    return [...entries].map(([name, content]) => [name, content && digest(content)]);
  };
  const ofBatch = (answer: string) => async () => {
    await clickDownload(page);
    await choose(answer);
  };
  expect(await contents(ofBatch('Originals'))).toEqual([
    ['photo-1.jpeg', originals[0]],
    ['plain.jpeg', originals[1]],
  ]);
  expect(await contents(ofBatch('As edited'))).toEqual([
    ['photo-1.jpg', edited],
    ['plain.jpeg', originals[1]],
  ]);
  await openBatch(page);
  const boxes = page.getByRole('checkbox');
  await boxes.nth(1).click();
  const download = page.getByRole('button', { name: /^Download \d selected/ });
  // An image without edits is downloaded without a question.
  expect(await contents(() => download.click())).toEqual([['plain.jpeg', originals[1]]]);
  await boxes.first().click();
  const both = async () => {
    await download.click();
    await choose('As edited');
  };
  expect((await contents(both))[0]).toEqual(['photo-1.jpg', edited]);
});

test.each([
  ['that the page could stream, but not hold', 'P-7002', PHOTOS],
  ['that is too large to be streamed', 'P-7003', PHOTOS + 4],
])(
  'A batch %s is written to the store, and downloaded by the browser itself, which can resume it',
  {
    timeout: 120_000,
  },
  async (_title, patient, count) => {
    const files: TestFile[] = [];
    for (let number = 0; number < count; number++) {
      const bytes = new Uint8Array(await cameraPhoto());
      files.push({ name: `${number}.jpg`, bytes, type: 'image/jpeg' });
    }
    const { page } = await filled(patient, files);
    const { name, url, bytes } = await downloaded(page);
    expect(name).toBe('Visit.zip');
    const entries = await unzip(bytes);
    const found = Object.fromEntries(
      [...entries].map(([entry, content]) => [entry, content && digest(content)]),
    );
    expect(found).toEqual(Object.fromEntries(files.map((file) => [file.name, digest(file.bytes)])));
    const rest = await fetch(url, { headers: { range: `bytes=${bytes.length - 100}-` } });
    expect([rest.status, Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(-100))]).toEqual([
      206,
      true,
    ]);
    await expect.poll(() => page.getByText(/^Making the ZIP/).count()).toBe(0);
  },
);
