import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { photos } from '../../fixtures/photos.ts';
import { drop, useBrowser } from '../../support/browser/browser.ts';
import { openBatch } from '../../support/browser/patient-page.ts';
import { type Listener, listenWith } from '../../support/listener.ts';
import { OwnStack } from '../../support/own-stack.ts';
import { type Client, createBatch, decided, readyNames, upload } from '../../support/service.ts';
import { synthesizeWith } from '../../support/synthesize-with.ts';
import { unzip } from '../../support/unzip.ts';

const dir = mkdtempSync(join(tmpdir(), 'negatoscope-limits-'));
const service = new OwnStack();
const limits = Limits.parse({
  imageBytes: 1024 * 1024,
  filesPerRequest: 3,
  // A ZIP of more is an export.
  zipBytes: 1,
  archiveImages: 2,
  uploadsPerMinute: null,
  metadataPerMinute: null,
});
const clinic = {
  name: 'Skin Clinic',
  logo: 'web/public/favicon.svg',
  categories: [{ group: 'Skin', categories: { mole: 'Mole', other: 'Anything else' } }],
  patientTexts: { en: { 'batches.list': 'Visits' } },
};
let doctor: Client;
beforeAll(async () => {
  const cdkOut = synthesizeWith({ limits, clinic }, join(dir, 'cdk.out'));
  // With the limits of the stack, and not with those of the other tests.
  await service.start({ cdkOut, environment: {} });
  doctor = await service.as('doctor');
});
afterAll(async () => {
  await service.end();
  rmSync(dir, { recursive: true, force: true });
});
const browsing = useBrowser(service);

test('The service accepts no more than its clinic has set', async () => {
  const batch = await createBatch(doctor, 'P-8001');
  const file = { name: 'a.jpg', type: 'image/jpeg', size: 1000 };
  const ask = (files: (typeof file)[]) =>
    doctor.send('POST', `/api/images/batches/${batch}/upload-urls`, { files });
  expect((await ask(Array(4).fill(file))).status).toBe(400);
  expect((await ask([{ ...file, size: limits.imageBytes + 1 }])).status).toBe(413);
});

test('A clinic has its own categories, name and logo', async () => {
  const patient = 'P-8009';
  const batch = await createBatch(doctor, patient);
  const [id = ''] = await upload(doctor, batch, await photos(1));
  await decided(doctor, id);
  const path = `/api/images/${id}`;
  expect(await doctor.json('PATCH', path, 400, { category: 'casts' })).toMatchObject({
    details: ['category must be one of mole, other; received "casts"'],
  });

  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await page.getByRole('button', { name: /^Visit/ }).click();
  const menu = page.getByLabel(/^Category of photo/);
  await expect.poll(() => menu.locator('option').allInnerTexts()).toEqual(['Mole', 'Anything else']);
  await menu.selectOption('Mole');
  await expect.poll(async () => doctor.json('GET', path, 200)).toMatchObject({ category: 'mole' });
  const home = page.getByRole('link', { name: 'Skin Clinic' });
  expect(await home.innerText()).toBe('Skin Clinic');
  expect(await home.locator('img').evaluate((logo) => Reflect.get(logo, 'naturalWidth'))).toBeGreaterThan(0);
});

test('A person has five sockets at most: one more closes the oldest, and the others stay', async () => {
  const token = await service.stack.token('staff');
  const sockets: Listener[] = [];
  for (let count = 0; count < 5; count++) sockets.push(await listenWith(service, token));
  const [oldest, second, ...others] = sockets;
  const closed = oldest && once(oldest.socket, 'close');
  const another = await listenWith(service, await service.stack.token('doctor'));
  others.push(await listenWith(service, token));
  await closed;
  // A place that is given back is free again.
  const left = second && once(second.socket, 'close');
  second?.socket.close();
  await left;
  await createBatch(doctor, 'P-8004');
  for (const each of [...others, another]) await each.waitFor(({ batch }) => batch !== undefined);
  for (const { socket } of [...others, another]) {
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  }
});

test('The page requests no more at once, and refuses files that are too large by itself', async () => {
  const batch = await createBatch(doctor, 'P-8002');
  const page = await browsing.signedIn('doctor', '/patients/P-8002');
  await openBatch(page);
  const statuses: number[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/upload-urls')) statuses.push(response.status());
  });
  const huge = { name: 'huge.png', type: 'image/png', bytes: new Uint8Array(1_200_000) };
  await drop(page, [...(await photos(7)), huge]);
  await page.getByText('1.2 MB is too large: 1 MB at most.', { exact: true }).waitFor();
  await expect.poll(() => readyNames(doctor, batch), { timeout: 25_000 }).toHaveLength(7);
  expect(statuses).toEqual([201, 201, 201]);
});

test('An export of more images than one archive takes is offered as several by the API and by the page', async () => {
  const batch = await createBatch(doctor, 'P-8010', 'Visit');
  await Promise.all((await upload(doctor, batch, await photos(3))).map((id) => decided(doctor, id)));
  const { status_url } = await doctor.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
  await expect
    .poll(async () => (await doctor.json('GET', status_url, 200)).status, { timeout: 30_000 })
    .toBe('ready');
  const { archives, url } = await doctor.json('GET', status_url, 200);
  expect(url).toBeUndefined();
  const files = ['Visit (1 of 2).zip', 'Visit (2 of 2).zip'];
  expect(archives.map((each: { file_name: string }) => each.file_name)).toEqual(files);

  const page = await browsing.signedIn('doctor', '/patients/P-8010');
  await page.getByRole('button', { name: /^Download all of Visit/ }).click();
  for (const [index, name] of files.entries()) {
    const link = page.getByRole('link', { name });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe(name);
    const entries = await unzip(await buffer(await download.createReadStream()));
    expect(entries.size).toBe(archives[index].images);
  }
});

test('The command requests no more at once', async () => {
  const batch = await createBatch(doctor, 'P-8003');
  const folder = join(dir, 'photos');
  mkdirSync(folder);
  for (const { name, bytes } of await photos(7)) writeFileSync(join(folder, name), bytes);
  const args = ['push', folder, '--batch', batch, '--url', service.stack.url];
  const command = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../../bin/negatoscope.ts'), ...args],
    {
      env: {
        ...process.env,
        NEGATOSCOPE_TOKEN: await service.stack.token('doctor'),
        XDG_STATE_HOME: join(dir, 'state'),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    },
  );
  expect(await text(command.stdout)).toContain('7 stored, 0 already there');
});
