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

/** The row in which two copies differ most: where a level line is drawn in one of them. */
async function rowOfLine(one: string, other: string): Promise<number> {
  const rowsOf = async (file: string) => {
    const options = { resolveWithObject: true } as const;
    const { data, info } = await sharp(file).greyscale().raw().toBuffer(options);
    return { data, width: info.width };
  };
  const [a, b] = [await rowsOf(one), await rowsOf(other)];
  const differences = Array.from({ length: 480 }, (_value, row) => {
    const rowOf = ({ data, width }: typeof a) => data.subarray(row * width, (row + 1) * width);
    const against = rowOf(b);
    return rowOf(a).reduce((sum, value, at) => sum + Math.abs(value - (against[at] ?? 0)), 0);
  });
  return differences.indexOf(Math.max(...differences));
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
  const plain = await savedCopy(page);
  await wish.check();
  const annotated = await savedCopy(page);
  expect(Math.abs((await rowOfLine(plain.file, annotated.file)) - 360)).toBeLessThan(4);
  const heightOf = async (file: string) => (await sharp(file).metadata()).height ?? 0;
  expect(await heightOf(annotated.file)).toBeGreaterThan((await heightOf(plain.file)) + 20);

  // Upside down, the line is in the upper half.
  const upright = await page.locator('.viewer-stage > img').getAttribute('src');
  const steps = { quarterTurns: 2, isFlipped: false };
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps, version: 0 });
  await expect
    .poll(() => page.locator('.viewer-stage > img').getAttribute('src'), { timeout: 15_000 })
    .not.toBe(upright);
  const edited = await savedCopy(page);
  await wish.uncheck();
  const plainEdited = await savedCopy(page);
  expect(Math.abs((await rowOfLine(plainEdited.file, edited.file)) - 120)).toBeLessThan(4);
});
