import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { cameraPhoto } from '../fixtures/camera-photos.ts';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { createBatch, decided, type TestFile, upload } from '../support/service.ts';
import { unzip } from '../support/unzip.ts';

const MB = 1024 * 1024;
const PHOTOS = 8;

// With one photograph more, the batch is over the limit of streams in this file.
const limits = { ...JSON.parse(NO_RATE_LIMITS.LIMITS), zipBytes: (PHOTOS + 1) * 3 * MB };
const service = useOwnStack({ environment: { LIMITS: JSON.stringify(limits) } });
const browsing = useBrowser(service);

/** Clicks on the download of the batch; returns its URL in the browser, and its bytes. */
async function downloaded(page: Page) {
  const download = page.waitForEvent('download', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Download all of Visit' }).click();
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
