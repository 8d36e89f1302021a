import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { asDoctor, signedIn } from './page-sign-in.ts';

const AT_ONCE = 5;
const PATIENT = 'P-1002';
const MOST_SECONDS = 120;
/**
 * The bandwidth of a clinic's wifi, 50 Mbit/s; over loopback, uploads end faster than two processors make
 * thumbnails.
 */
const BYTES_PER_SECOND = 50_000_000 / 8;

/** From the end of each file's PUT to its thumbnail on the screen; milliseconds. */
export async function thumbnailTimes(
  browser: Browser,
  url: string,
  photos: readonly string[],
): Promise<number[]> {
  const { send } = await asDoctor(url);
  const batchId = await newBatch(send);
  const page = await signedIn(browser, url, `/patients/${PATIENT}`, watch);
  // So high that all of them are in view, under the list of uploads.
  await page.setViewportSize({ width: 1800, height: 2600 });
  await page
    .getByRole('button', { name: /^Today/ })
    .first()
    .click();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: BYTES_PER_SECOND,
  });
  await page.getByLabel('Images to upload').setInputFiles([...photos]);
  await page.waitForFunction(
    (count) => Object.keys(Reflect.get(globalThis, 'painted')).length >= count,
    photos.length,
    { timeout: MOST_SECONDS * 1000 },
  );
  const { put, painted } = await page.evaluate(() => ({
    put: Reflect.get(globalThis, 'put') as Record<string, number>,
    painted: Reflect.get(globalThis, 'painted') as Record<string, number>,
  }));
  await page.context().close();
  const answer = await send('GET', `/api/images?batch_id=${batchId}&limit=200`);
  const { images } = (await answer.json()) as { images: { id: string; original_name: string }[] };
  await send('DELETE', `/api/images/batches/${batchId}`);
  return images.map(
    ({ id, original_name }) => (painted[original_name] ?? Number.NaN) - (put[id] ?? Number.NaN),
  );
}

/**
 * Lets the page record when each PUT ended, by the image's id, and when each thumbnail was drawn, by the
 * file's name.
 */
const watch = (page: Page) =>
  page.addInitScript(() => {
    const put: Record<string, number> = {};
    const painted: Record<string, number> = {};
    Object.assign(globalThis, { put, painted });
    const Request = Reflect.get(globalThis, 'XMLHttpRequest').prototype;
    const { open } = Request;
    Request.open = function (method: string, address: string) {
      const id = /([0-9a-f-]{36})\?/.exec(address)?.[1];
      if (method === 'PUT' && id) this.addEventListener('load', () => (put[id] = performance.now()));
      return open.apply(this, [method, address]);
    };
    Reflect.get(globalThis, 'document').addEventListener(
      'load',
      // biome-ignore lint/suspicious/noExplicitAny: the types here are Node's
      async ({ target }: any) => {
        // The picture of the chosen file, which is there before its upload.
        if (target.classList?.contains('thumbnail-preview')) return;
        const name = target.closest?.('.tile')?.getAttribute('aria-label');
        if (!name || name in painted) return;
        await target.decode();
        Reflect.get(globalThis, 'requestAnimationFrame').call(
          globalThis,
          () => (painted[name] ??= performance.now()),
        );
      },
      true,
    );
  });

/**
 * The same without a page: from the end of each PUT to the thumbnail's bytes, which are requested at the
 * notification.
 */
export async function pipelineTimes(url: string, photos: readonly string[]): Promise<number[]> {
  const { token, send } = await asDoctor(url);
  const batchId = await newBatch(send);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, ['negatoscope', `bearer.${token}`]);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const files = photos.map((photo) => ({ name: path.basename(photo), bytes: readFileSync(photo) }));
  const answer = await send('POST', `/api/images/batches/${batchId}/upload-urls`, {
    files: files.map(({ name, bytes }) => ({ name, size: bytes.length, type: 'image/jpeg' })),
  });
  const { uploads } = (await answer.json()) as {
    uploads: { id: string; upload_url: string; headers: Record<string, string> }[];
  };
  const put = new Map<string, number>();
  const times: number[] = [];
  const all = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the thumbnails do not come')), MOST_SECONDS * 1000);
    socket.onmessage = async ({ data }) => {
      const { type, image } = JSON.parse(String(data)) as {
        type: string;
        image?: { id: string; batch: string };
      };
      if (type !== 'IMAGE_READY' || image?.batch !== batchId) return;
      await (await send('GET', `/api/images/${image.id}/thumbnail`)).arrayBuffer();
      times.push(performance.now() - (put.get(image.id) ?? Number.NaN));
      if (times.length < files.length) return;
      clearTimeout(timer);
      resolve();
    };
  });
  const waiting = uploads.entries();
  const startedAt = performance.now();
  let sentBytes = 0;
  const sender = async () => {
    for (const [index, { id, upload_url, headers }] of waiting) {
      // With the same bandwidth: each ends when its bytes could have been transferred.
      sentBytes += files[index]?.bytes.length ?? 0;
      await sleep(Math.max(0, startedAt + (sentBytes / BYTES_PER_SECOND) * 1000 - performance.now()));
      const response = await fetch(upload_url, { method: 'PUT', headers, body: files[index]?.bytes ?? '' });
      if (!response.ok) throw new Error(`the store answered ${response.status}`);
      put.set(id, performance.now());
    }
  };
  await Promise.all([...Array.from({ length: AT_ONCE }, sender), all]);
  socket.close();
  await send('DELETE', `/api/images/batches/${batchId}`);
  return times;
}

async function newBatch(send: Awaited<ReturnType<typeof asDoctor>>['send']): Promise<string> {
  const body = { name: 'Today', content_type: 'patients.patient', object_id: PATIENT };
  const answer = await send('POST', '/api/images/batches', body);
  return ((await answer.json()) as { id: string }).id;
}
