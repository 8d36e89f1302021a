import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { devices } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { listedImage } from '../../fixtures/listed-image.ts';
import { photo, photos } from '../../fixtures/photos.ts';
import { faultsOf } from '../../support/browser/axe.ts';
import { drop, useBrowser } from '../../support/browser/browser.ts';
import { openBatch, tiles } from '../../support/browser/patient-page.ts';
import { dropPaths } from '../../support/browser/real-drop.ts';
import { newPatient } from '../../support/people.ts';
import { createBatch, decided, readyNames, upload, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
const folder = mkdtempSync(join(tmpdir(), 'negatoscope-handling-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asDoctor = await service.as('doctor');
const patience = { timeout: 60_000 };
const PHONE = { viewport: { width: 390, height: 844 } };

async function openedBatch(count: number, options: Parameters<typeof browsing.signedIn>[2] = {}) {
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const batch = await createBatch(doctor, patient);
  const ids = count > 0 ? await upload(doctor, batch, await photos(count)) : [];
  for (const id of ids) await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`, options);
  await openBatch(page);
  if (count > 0) await tiles(page).first().waitFor();
  const listed = async () =>
    (await doctor.json('GET', `/api/images?batch_id=${batch}&limit=200`, 200)).images;
  return { doctor, patient, batch, page, ids, listed };
}

const selected = async (page: Page) => {
  const boxes = await page.locator('.tile-check input').all();
  return (await Promise.all(boxes.map((each) => each.isChecked()))).map(Number).join('');
};
const fits = (page: Page) => page.evaluate('document.documentElement.scrollWidth <= innerWidth');

describe('Selection', () => {
  test('by Ctrl+A, by Escape, by Shift and arrow keys, and by a drag over the checkboxes', async () => {
    const viewport = { width: 1440, height: 1300 };
    const { page } = await openedBatch(6, { viewport });
    await page.keyboard.press('Control+a');
    expect(await selected(page)).toBe('111111');
    await page.keyboard.press('Escape');
    expect(await selected(page)).toBe('000000');
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await selected(page)).toBe('011100');
    await page.keyboard.press('ArrowRight');
    const focused = () => page.locator(':focus').getAttribute('aria-label');
    await expect.poll(focused).toBe('Show photo-4.jpeg');
    await page.keyboard.press('Escape');
    const middle = async (name: string) => {
      const box = await page.getByLabel(`Select ${name}`).boundingBox();
      return { x: (box?.x ?? 0) + 8, y: (box?.y ?? 0) + 8 };
    };
    const [from, to] = [await middle('photo-0.jpeg'), await middle('photo-4.jpeg')];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 10 });
    await page.mouse.up();
    expect(await selected(page)).toBe('111110');
    // The tiles have stayed in their order.
    const names = await page
      .locator('.tile')
      .evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label')));
    expect(names[0]).toBe('photo-0.jpeg');
  });

  test('The bar sets category, caption, eye side and day of all at once, deletes them, and each can be undone', async () => {
    const { page, listed } = await openedBatch(3);
    const values = async (field: string) =>
      (await listed()).map((image: Record<string, unknown>) => image[field]);
    await page.keyboard.press('Control+a');
    await page.getByLabel('Eye side of the selection').selectOption('left');
    await expect.poll(() => values('eye_side')).toEqual(['left', 'left', 'left']);
    await page.getByLabel('Day on which the selection was taken').fill('2025-11-06');
    await page.keyboard.press('Enter');
    await expect.poll(() => values('date_taken')).toEqual(['2025-11-06', '2025-11-06', '2025-11-06']);
    await page.getByText('3 images: taken 6 Nov 2025').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => values('date_taken')).toEqual([null, null, null]);
    await page.getByText(/^Undone: 3 images: taken/).waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => values('eye_side')).toEqual(['unknown', 'unknown', 'unknown']);
    await page.getByText(/^Undone: 3 images: eye/).waitFor();
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete 3 images' }).click();
    await expect.poll(async () => (await listed()).length).toBe(0);
    await page.getByText('3 images deleted').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await listed()).length).toBe(3);
  });
});

describe('Uploads', () => {
  test('A file is in its place with its picture before the service has answered, and keeps it until it is ready', async () => {
    const { page, batch } = await openedBatch(1);
    const opens = Promise.withResolvers<void>();
    await page.route('**/upload-urls', async (route) => {
      await opens.promise;
      await route.continue();
    });
    await drop(page, [await photo({ seed: 8 })]);
    const tile = page.getByRole('article', { name: 'photo-8.jpeg' });
    const width = () => tile.locator('img').evaluate((image) => Reflect.get(image, 'naturalWidth'));
    await expect.poll(width).toBeGreaterThan(0);
    const at = await tile.boundingBox();
    opens.resolve();
    await expect.poll(() => readyNames(asDoctor, batch), patience).toEqual(['photo-0.jpeg', 'photo-8.jpeg']);
    await expect.poll(() => tile.getAttribute('data-status'), patience).toBe('ready');
    expect(await tile.count()).toBe(1);
    expect(await tile.boundingBox()).toEqual(at);
  });

  test('Two hundred files that are dropped at once are all stored, each in its place', {
    timeout: 240_000,
  }, async () => {
    const { page, batch } = await openedBatch(0);
    const one = await photo({ width: 320, height: 240, name: 'x.jpeg' });
    const names = Array.from({ length: 200 }, (_value, index) => `p-${String(index).padStart(3, '0')}.jpeg`);
    const paths = names.map((name, index) => {
      const path = join(folder, name);
      // Bytes after the end of a JPEG are no part of the picture, and make each file another one.
      writeFileSync(path, Buffer.concat([one.bytes, Buffer.from([index])]));
      return path;
    });
    await dropPaths(page, paths);
    await page.getByRole('article', { name: 'p-000.jpeg' }).waitFor();
    await page.getByText(/of 200 files stored/).waitFor();
    const last = page.locator('.scroller').first();
    await last.evaluate((element) => Reflect.set(element, 'scrollTop', Reflect.get(element, 'scrollHeight')));
    await page.getByRole('article', { name: 'p-199.jpeg' }).waitFor();
    await expect.poll(async () => (await readyNames(asDoctor, batch)).length, { timeout: 180_000 }).toBe(200);
    expect(await readyNames(asDoctor, batch)).toEqual(names);
  });

  test('DICOM files of a dropped folder become a study; one of another patient is reported', async () => {
    const { page, patient } = await openedBatch(0);
    const uids = newUids();
    mkdirSync(join(folder, 'CD', 'IMAGES'), { recursive: true });
    // On a CD they have no ending.
    writeFileSync(join(folder, 'CD', 'IMAGES', 'IM000001'), slice(uids, [['00100020', 'LO', patient]]));
    writeFileSync(join(folder, 'CD', 'photo-1.jpeg'), (await photo({ seed: 1 })).bytes);
    await dropPaths(page, [join(folder, 'CD')]);
    await page.getByText('1 DICOM file stored in one study.', { exact: true }).waitFor(patience);
    await page.getByText('Exams and studies').waitFor();
    await expect.poll(() => tiles(page).count(), patience).toBe(1);
    await page.getByRole('link', { name: 'Open study' }).click();
    await page.waitForURL(`**/studies/${uids.study}`);
    await page.goBack();
    // The batch is open as before.
    await page.locator('.drop-zone').waitFor();
    const other = newPatient();
    writeFileSync(join(folder, 'other.dcm'), slice(newUids(), [['00100020', 'LO', other]]));
    await dropPaths(page, [join(folder, 'other.dcm')]);
    await page
      .getByText(/The files name .*, and not the patient on whose page they were dropped/)
      .waitFor(patience);
  }, 180_000);

  test('What is under way is shown on all pages, with the patient to whom it goes', async () => {
    const { page, patient, batch } = await openedBatch(0);
    const opens = Promise.withResolvers<void>();
    await page.route('**/local/s3/**', async (route) => {
      if (route.request().method() === 'PUT') await opens.promise;
      await route.continue().catch(() => undefined);
    });
    await drop(page, await photos(3));
    await page.getByRole('link', { name: 'Negatoscope' }).click();
    await page.getByText('0 of 3 files stored').waitFor();
    await page.getByRole('button', { name: 'Show the files' }).click();
    await page.getByRole('link', { name: `${patient} · Visit` }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    opens.resolve();
    await expect.poll(async () => (await readyNames(asDoctor, batch)).length, patience).toBe(3);
    await page.getByText(/files stored/).waitFor({ state: 'detached' });
  });

  test('On a phone the patient is in view and the eye side is chosen before the camera opens', async () => {
    const { defaultBrowserType: _defaultBrowserType, ...phone } = devices['Pixel 7'];
    const { page, patient, listed } = await openedBatch(0, phone);
    await asDoctor.json('PUT', `/api/patients/${patient}`, 200, {
      name: { alphabetic: 'Sato^Hana' },
      birthDate: '1988-02-01',
    });
    await page.reload();
    await page.getByRole('button', { name: 'Take a photo' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Sato, Hana').waitFor();
    await dialog.getByText('born 1 Feb 1988').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Left eye' }).click();
    const camera = await chooser;
    expect(await camera.element().getAttribute('capture')).toBe('environment');
    const shot = await photo({ seed: 3 });
    await camera.setFiles([{ name: 'image.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(shot.bytes) }]);
    await dialog.getByText('1 photograph taken').waitFor();
    await expect.poll(async () => (await listed())[0]?.eye_side, patience).toBe('left');
    await expect.poll(async () => (await listed())[0]?.status, patience).toBe('ready');
  });
});

describe('Moves', () => {
  test.each(['batch', 'case'] as const)(
    'A %s goes to another patient with its images, and back',
    async (kind) => {
      const { page, doctor, patient, batch } = await openedBatch(1);
      const other = newPatient();
      await doctor.json('PUT', `/api/patients/${other}`, 200, { name: { alphabetic: `Target${kind}^A` } });
      if (kind === 'case') {
        const caseId = `C-${crypto.randomUUID()}`;
        await page.goto(`/cases/${caseId}`);
        await page.getByLabel('Patient number').fill(patient);
        await drop(page, await photos(1));
        await page.locator('.case-images [data-status=ready]').waitFor(patience);
        await page.getByRole('button', { name: 'Move the case' }).click();
      } else await page.getByRole('button', { name: 'Move Visit to another patient' }).click();
      const dialog = page.getByRole('dialog');
      // By name.
      await dialog.getByLabel('To which patient?').fill(`target${kind}`);
      await dialog.getByText(other).last().waitFor();
      await dialog.getByRole('button', { name: 'Move', exact: true }).click();
      await page.getByText(`moved to ${other}`).waitFor();
      const theirs = async () =>
        (await doctor.json('GET', `/api/images?patient_id=${other}`, 200)).images.length;
      await expect.poll(theirs).toBe(1);
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(theirs).toBe(0);
      expect((await doctor.json('GET', `/api/images/batches/${batch}`, 200)).object_id).toBe(patient);
    },
  );

  test('A study goes to another patient and back, and a number that nobody has needs a confirmation', async () => {
    const { page, doctor, patient } = await openedBatch(0);
    const uids = newUids();
    const form = new FormData();
    form.append('file', new Blob([slice(uids, [['00100020', 'LO', patient]])]), 'a.dcm');
    await doctor.json('POST', '/dicom/upload', 201, form);
    await page.goto(`/studies/${uids.study}`);
    await page.getByRole('button', { name: 'Move to another patient' }).click();
    const dialog = page.getByRole('dialog');
    const other = newPatient();
    await dialog.getByLabel('To which patient?').fill(other);
    const move = dialog.getByRole('button', { name: 'Move', exact: true });
    await dialog.getByText('has no name and no birth date here').waitFor();
    expect(await move.isDisabled()).toBe(true);
    await dialog.getByRole('checkbox').check();
    expect(await faultsOf(page)).toEqual([]);
    await move.click();
    await page.getByRole('link', { name: other }).first().waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('link', { name: patient }).first().waitFor();
  });
});

test('The trash has batches, images and DICOM, on a phone too, and restores each', async () => {
  const { page, doctor, patient, batch, ids } = await openedBatch(2, PHONE);
  const uids = newUids();
  const form = new FormData();
  form.append(
    'file',
    new Blob([
      slice(uids, [
        ['00100020', 'LO', patient],
        ['00081030', 'LO', 'Foot CT'],
      ]),
    ]),
    'a.dcm',
  );
  await doctor.json('POST', '/dicom/upload', 201, form);
  await doctor.json('DELETE', `/dicom-web/studies/${uids.study}`, 204);
  await doctor.json('DELETE', `/api/images/${ids[0]}`, 204);
  await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
  await page.goto(`/patients/${patient}/trash`);
  await page.getByRole('button', { name: 'Restore Foot CT' }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  expect(await fits(page)).toBe(true);
  for (const name of ['Foot CT', 'Visit', 'photo-0.jpeg']) {
    await page.getByRole('button', { name: `Restore ${name}` }).click();
    await page.getByText(`${name} restored`).waitFor();
  }
  await page.getByText('The trash is empty').waitFor();
  expect(await readyNames(doctor, batch)).toEqual(['photo-0.jpeg', 'photo-1.jpeg']);
  await doctor.json('GET', `/dicom-web/studies/${uids.study}/metadata`, 200);
});

describe('The gallery', () => {
  test('shows all visits across the page, is remembered for the person, and does all that the selection does', async () => {
    const { page, doctor, patient, listed } = await openedBatch(3);
    const second = await createBatch(doctor, patient, 'Control');
    for (const id of await upload(doctor, second, [await photo({ seed: 7 })])) await decided(doctor, id);
    await page.getByLabel('View', { exact: true }).selectOption('visit');
    await page.getByRole('heading', { name: /^Control/ }).waitFor();
    await page.getByRole('heading', { name: /^Visit/ }).waitFor();
    await expect.poll(() => tiles(page).count()).toBe(4);
    await page.reload();
    await expect.poll(() => tiles(page).count()).toBe(4);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
    await page.locator('.viewer-stage > img').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'photo-2.jpeg' }).waitFor();
    await page.getByRole('button', { name: 'Close image' }).click();
    await page.keyboard.press('Control+a');
    await page.getByLabel('Category of the selection').selectOption('casts');
    await expect
      .poll(async () => (await listed()).map((image: { category: string }) => image.category))
      .toEqual(['casts', 'casts', 'casts']);
    await page.getByText('4 images: Casts').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.setViewportSize(PHONE.viewport);
    expect(await fits(page)).toBe(true);
    await page.getByLabel('View', { exact: true }).selectOption('time');
    await expect.poll(() => page.locator('.gallery-heading').count()).toBe(1);
    expect(await fits(page)).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
  });

  test('has 5,000 images, of which it draws only those near the view', async () => {
    const doctor = await service.as('doctor');
    const patient = newPatient();
    const batch = await createBatch(doctor, patient);
    const page = await browsing.signedIn('doctor', '/');
    const { bytes } = await photo({ width: 300, height: 225 });
    await page.route('**/thumbnails/*', (route) =>
      route.fulfill({ body: Buffer.from(bytes), contentType: 'image/jpeg' }),
    );
    await page.route('**/api/images?**', (route) => {
      const query = new URL(route.request().url()).searchParams;
      const [start, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit'))];
      const images = Array.from({ length: limit }, (_value, index) => listedImage(batch, start + index));
      return route.fulfill({ json: { images, next: start + limit < 5000 ? String(start + limit) : null } });
    });
    await page.goto(`/patients/${patient}`);
    await page.getByLabel('View', { exact: true }).selectOption('visit');
    await page.getByRole('heading', { name: /5,000 images/ }).waitFor(patience);
    expect(await page.locator('.tile').count()).toBeLessThan(90);
    const scroller = page.locator('.gallery-scroller');
    await scroller.evaluate((element) =>
      Reflect.set(element, 'scrollTop', Reflect.get(element, 'scrollHeight')),
    );
    await page.getByRole('button', { name: 'Show photo-4999.jpeg' }).waitFor();
    expect(await page.locator('.tile').count()).toBeLessThan(90);
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: 'Download 5000 selected' }).waitFor();
  });
});
