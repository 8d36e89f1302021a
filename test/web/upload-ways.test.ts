import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devices } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { bmp } from '../fixtures/bmps.ts';
import { heic } from '../fixtures/heics.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { photo, photos } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { drawn, openBatch } from '../support/browser/patient-page.ts';
import { dropPaths } from '../support/browser/real-drop.ts';
import { newPatient } from '../support/people.ts';
import { canUnload, persistedFiles } from '../support/persisted-files.ts';
import { createBatch, readyNames, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A page on which a new patient's only batch is open. */
async function openedBatch(person = 'doctor', options?: Parameters<typeof browsing.signedIn>[2]) {
  const patient = newPatient();
  const batch = await createBatch(await service.as('doctor'), patient);
  const page = await browsing.signedIn(person, `/patients/${patient}`, options);
  await openBatch(page);
  return { page, batch, patient };
}

/** The final images of the batch. */
const stored = async (batchId: string) => readyNames(await service.as('doctor'), batchId);
/** What became of each image of the batch, with the reason where there is one: a failure here tells why. */
const outcomes = async (batchId: string): Promise<string[]> => {
  const doctor = await service.as('doctor');
  const { images } = await doctor.json('GET', `/api/images/?batch_id=${batchId}`, 200);
  return images
    .map((image: Record<string, string | null>) =>
      [`${image.original_name}: ${image.status}`, image.status_reason].filter(Boolean).join(', '),
    )
    .sort();
};
const patience = { timeout: 25_000 };

test('A phone takes photographs with its camera, and has no drop area', async () => {
  const { defaultBrowserType: _defaultBrowserType, ...phone } = devices['Pixel 7'];
  const { page, batch } = await openedBatch('doctor', phone);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await page.getByRole('button', { name: 'No eye' }).click();
  const camera = await chooser;
  expect(await camera.element().getAttribute('capture')).toBe('environment');
  const [shot] = await photos(1);
  if (!shot) throw new Error('no photo');
  const buffer = Buffer.from(shot.bytes);
  await camera.setFiles([{ name: 'image.jpg', mimeType: 'image/jpeg', buffer }]);
  await expect.poll(() => stored(batch), patience).toEqual(['image.jpg']);
  expect(await page.getByText(/^Drop or paste images/).isVisible()).toBe(false);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test('An image in the clipboard is pasted', async () => {
  const { page, batch } = await openedBatch('doctor', { permissions: ['clipboard-read', 'clipboard-write'] });
  expect(await page.getByRole('button', { name: 'Take a photo' }).isVisible()).toBe(false);
  const shot = await photo({ format: 'png' });
  await page.evaluate(async (base64) => {
    // By their names: the types here are those of Node.
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const Item = Reflect.get(globalThis, 'ClipboardItem');
    const navigator = Reflect.get(globalThis, 'navigator');
    await Reflect.get(navigator, 'clipboard').write([
      new Item({ 'image/png': new Blob([bytes], { type: 'image/png' }) }),
    ]);
  }, Buffer.from(shot.bytes).toString('base64'));
  await page.keyboard.press('Control+V');
  await expect.poll(() => stored(batch), patience).toEqual(['image.png']);
});

test('Files are chosen by a click, many at once', async () => {
  const { page, batch } = await openedBatch();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose images' }).click();
  const files = await photos(3);
  const chosen = files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: Buffer.from(bytes) }));
  await (await chooser).setFiles(chosen);
  await expect.poll(() => stored(batch), patience).toEqual(files.map(({ name }) => name).sort());
});

test('The file dialog offers PDF and BMP, in a batch and in a case', async () => {
  const { page, batch, patient } = await openedBatch();
  const chosen = [
    { name: 'letter.pdf', mimeType: 'application/pdf', buffer: pdf() },
    {
      name: 'scan.bmp',
      mimeType: 'image/bmp',
      buffer: bmp({ width: 64, height: 48, bits: 24, pixels: new Uint8Array(64 * 3 * 48).fill(99) }),
    },
  ];
  const choose = async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose images' }).click();
    const dialog = await chooser;
    expect(await dialog.element().getAttribute('accept')).toBe(
      'image/*,image/heic,image/heif,.heic,.heif,application/pdf,application/dicom,.dcm',
    );
    await dialog.setFiles(chosen);
  };
  await choose();
  await expect.poll(() => outcomes(batch), patience).toEqual(['letter.pdf: ready', 'scan.bmp: ready']);
  await expect.poll(() => drawn(page)).toBe(2);
  for (const name of ['letter.pdf', 'scan.bmp']) {
    await page.getByRole('button', { name: `Show ${name}` }).click();
    const shown = page.getByRole('img', { name, exact: true });
    await expect.poll(() => shown.evaluate((image) => Reflect.get(image, 'naturalWidth'))).toBeGreaterThan(0);
  }
  await page.goto(`/cases/C-${crypto.randomUUID()}`);
  await page.getByLabel('Patient number').fill(patient);
  await choose();
  const inCase = () =>
    page.locator('.case-images button').evaluateAll((buttons) =>
      buttons.map((button) => {
        const reason = button.querySelector('.case-reason')?.textContent ?? '';
        return `${button.getAttribute('data-status')} ${button.querySelector('img') ? 'with picture' : reason}`;
      }),
    );
  await expect.poll(inCase, patience).toEqual(['ready with picture', 'ready with picture']);
});

test('A folder is dropped with all files in it, at any depth', async () => {
  const { page, batch } = await openedBatch();
  mkdirSync(join(folder, 'camera', 'monday'), { recursive: true });
  const [one, other] = await photos(2);
  writeFileSync(join(folder, 'camera', 'one.jpg'), one?.bytes ?? '');
  writeFileSync(join(folder, 'camera', 'monday', 'other.jpg'), other?.bytes ?? '');
  writeFileSync(join(folder, 'camera', 'notes.txt'), 'not a picture');
  await dropPaths(page, [join(folder, 'camera')]);
  await page.getByText('Not an image that is taken').first().waitFor();
  await expect.poll(() => stored(batch), patience).toEqual(['one.jpg', 'other.jpg']);
});

test('Each invalid file has its reason, and stops no other', async () => {
  const { page, batch } = await openedBatch();
  const [good] = await photos(1);
  if (!good) throw new Error('no photo');
  const script = '<html><script>alert(1)</script></html>';
  await drop(page, [
    { name: 'letter.txt', type: 'text/plain', bytes: Buffer.from('Dear patient') },
    { name: 'empty.jpg', type: 'image/jpeg', bytes: new Uint8Array() },
    { name: 'phone.heic', type: '', bytes: heic({ brands: ['heic', 'mif1'] }) },
    { name: 'huge.png', type: 'image/png', bytes: new Uint8Array(11_000_000) },
    { name: 'liar.jpg', type: 'image/jpeg', bytes: Buffer.from('this is no picture at all') },
    { name: 'hostile.png', type: 'image/png', bytes: Buffer.from(script) },
    good,
  ]);
  const reasonOf = (name: string) => page.locator('.upload-list li', { hasText: name }).getByRole('alert');
  expect(await reasonOf('letter.txt').textContent()).toMatch(/Not an image that is taken/);
  expect(await reasonOf('empty.jpg').textContent()).toBe('The file is empty.');
  expect(await reasonOf('huge.png').textContent()).toMatch(/too large: 10 MB at most/);
  await page.locator('.tile[data-status=rejected]').getByText('liar.jpg').waitFor();
  await page.locator('.tile[data-status=rejected]').getByText('hostile.png').waitFor();
  await expect.poll(() => stored(batch), patience).toEqual(['phone.heic', good.name]);
  // One click removes the line, and the tile.
  await page.getByRole('button', { name: 'Remove letter.txt' }).click();
  await expect.poll(() => page.getByText('letter.txt').count()).toBe(0);
});

test('A file that is removed from its disk while it waits is uploaded from its stored copy', async () => {
  const { page, batch } = await openedBatch();
  const path = join(folder, 'card.jpg');
  writeFileSync(path, (await photo({ seed: 7 })).bytes);
  const opens = Promise.withResolvers<void>();
  await page.route('**/upload-urls', async (route) => {
    await opens.promise;
    await route.continue();
  });
  await dropPaths(page, [path]);
  await expect.poll(() => persistedFiles(page)).toBe(1);
  // Somebody removes the memory card.
  rmSync(path);
  opens.resolve();
  await expect.poll(() => stored(batch), patience).toEqual(['card.jpg']);
  // No data of a patient stays on the computer.
  await expect.poll(() => persistedFiles(page)).toBe(0);
});

test('If the browser has no space to store all files, it warns before the page is closed, until stored ones free space', async () => {
  const { page, batch } = await openedBatch();
  const files = await photos(12, { format: 'png', width: 400, height: 300 });
  const session = await page.context().newCDPSession(page);
  const { usage } = await page.evaluate<{ usage: number }>('navigator.storage.estimate()');
  const quotaSize = usage + files.slice(0, 6).reduce((sum, { bytes }) => sum + bytes.length, 0);
  await session.send('Storage.overrideQuotaForOrigin', { origin: service.stack.url, quotaSize });
  let open = 0;
  await page.context().route('**/local/s3/**', async (route) => {
    if (route.request().method() === 'PUT') {
      while (open < 1) await new Promise((resolve) => setTimeout(resolve, 50));
      open -= 1;
    }
    await route.continue().catch(() => undefined);
  });
  await drop(page, files);
  const stay = page.getByText('This browser has no room to keep all files.');
  await stay.waitFor();
  expect(await canUnload(page)).toBe(false);
  open = 8;
  await stay.waitFor({ state: 'detached', timeout: 40_000 });
  await expect.poll(() => canUnload(page)).toBe(true);
  expect((await stored(batch)).length).toBeLessThan(12);
  await page.reload();
  open = 12;
  await expect.poll(() => stored(batch), patience).toEqual(files.map(({ name }) => name).sort());
}, 90_000);

test('Two windows of one person send a file once, and one continues when the other is closed', async () => {
  const { page: one, batch, patient } = await openedBatch();
  const other = await one.context().newPage();
  await browsing.signIn(other, 'doctor');
  await other.goto(`/patients/${patient}`);
  await openBatch(other);
  const files = await photos(12);
  const sent: string[] = [];
  await one.context().route('**/local/s3/**', async (route) => {
    if (route.request().method() === 'PUT') {
      sent.push(new URL(route.request().url()).pathname);
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
    await route.continue().catch(() => undefined);
  });
  await drop(one, files);
  await one.getByRole('progressbar', { name: 'All uploads' }).waitFor();
  await expect.poll(() => sent.length).toBeGreaterThan(4);
  await drop(other, files.slice(6));
  const twice = other.locator('.upload-list').getByText('This file is on its way already.');
  await twice.first().waitFor();
  await expect.poll(() => twice.count()).toBe(6);
  await one.close();
  await expect.poll(() => stored(batch), { timeout: 40_000 }).toEqual(files.map(({ name }) => name).sort());
}, 90_000);

test('A tab that the browser suspended continues where it was', async () => {
  const { page, batch } = await openedBatch();
  const session = await page.context().newCDPSession(page);
  await page.route('**/local/s3/**', async (route) => {
    if (route.request().method() === 'PUT') await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue().catch(() => undefined);
  });
  const files = await photos(12);
  await drop(page, files);
  await page.getByText(/^[1-9]\d* of 12 files stored/).waitFor();
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await page.context().setOffline(true);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await page.context().setOffline(false);
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expect.poll(() => stored(batch), { timeout: 25_000 }).toEqual(files.map(({ name }) => name).sort());
}, 60_000);
