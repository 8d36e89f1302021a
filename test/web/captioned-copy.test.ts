import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, register, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** Saves the copy that the button makes. */
async function savedCopy(page: Page) {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download a copy with patient and date' }).click(),
  ]);
  await page.getByText('Downloaded.').waitFor();
  // The browser may run on its own.
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'negatoscope-')), 'copy.jpg');
  await saved.saveAs(file);
  return { file, name: saved.suggestedFilename() };
}

test('A copy has the patient and the day below the picture, and in its file name', async () => {
  const patientId = newPatient();
  const doctor = await service.as('doctor');
  await register(await service.as('staff'), patientId, 'Kopie');
  const [id] = await upload(doctor, await createBatch(doctor, patientId), [await photo({ seed: 1 })]);
  await decided(doctor, id as string);
  await doctor.json('PATCH', `/api/images/${id}`, 200, { date_taken: '2025-03-12' });
  const page = await browsing.signedIn('doctor', `/patients/${patientId}`);
  await openBatch(page);
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await page.locator('.patient-banner').getByText('Kopie').waitFor();
  const { file, name } = await savedCopy(page);
  expect(name).toBe(`${patientId} 2025-03-12 photo-1.jpg`);
  const copy = sharp(file);
  const { width, height = 0 } = await copy.metadata();
  expect(width).toBe(640);
  expect(height).toBeGreaterThan(500);
  // Black letters on white.
  const strip = copy.extract({ left: 0, top: 482, width: 640, height: height - 482 }).greyscale();
  const { channels } = await sharp(await strip.png().toBuffer()).stats();
  expect(channels[0]?.min).toBeLessThan(60);
  expect(channels[0]?.mean).toBeGreaterThan(200);
});

/** How many pixels of a part of a picture are as yellow as what is drawn over it. */
async function yellowIn(file: string, region: { left: number; top: number; width: number; height: number }) {
  const { data, info } = await sharp(file).extract(region).raw().toBuffer({ resolveWithObject: true });
  let yellow = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    if (red > 200 && green > 160 && blue < 110) yellow += 1;
  }
  return yellow;
}

test('A copy has the annotations on request, also on an edited picture, and what they say below it', async () => {
  const patientId = newPatient();
  const doctor = await service.as('doctor');
  const [id = ''] = await upload(doctor, await createBatch(doctor, patientId), [await photo({ seed: 1 })]);
  await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patientId}`);
  await openBatch(page);
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await page.locator('.viewer-stage > img').waitFor();
  const wish = page.getByRole('checkbox', { name: 'With annotations' });
  expect(await wish.count()).toBe(0);
  // On the original, across its lower half.
  const points = [
    [64, 360],
    [576, 360],
  ];
  await doctor.json('POST', `/api/images/${id}/annotations`, 201, {
    shape: { kind: 'length', points },
    text: 'Ulcer, '.repeat(40),
  });
  await wish.waitFor();
  const upper = { left: 0, top: 0, width: 640, height: 220 };
  const lower = { left: 0, top: 340, width: 640, height: 40 };
  const plain = await savedCopy(page);
  const { height: plainHeight = 0 } = await sharp(plain.file).metadata();
  expect(await yellowIn(plain.file, lower)).toBeLessThan(50);
  await wish.check();
  const annotated = await savedCopy(page);
  expect(await yellowIn(annotated.file, upper)).toBeLessThan(50);
  expect(await yellowIn(annotated.file, lower)).toBeGreaterThan(700);
  const { height = 0 } = await sharp(annotated.file).metadata();
  expect(height).toBeGreaterThan(plainHeight + 20);

  // Upside down, the line is in the upper half.
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, {
    steps: { quarterTurns: 2, isFlipped: false },
    version: 0,
  });
  await page.locator('.viewer-stage > img[src]').waitFor();
  await expect
    .poll(async () => yellowIn((await savedCopy(page)).file, { ...lower, top: 100 }), { timeout: 15_000 })
    .toBeGreaterThan(700);
});
