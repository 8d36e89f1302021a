import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, register, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

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
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download a copy with patient and date' }).click(),
  ]);
  await page.getByText('Downloaded.').waitFor();
  expect(saved.suggestedFilename()).toBe(`${patientId} 2025-03-12 photo-1.jpg`);
  // The browser may run on its own.
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'negatoscope-')), 'copy.jpg');
  await saved.saveAs(file);
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
