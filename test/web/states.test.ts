import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { NEVER_ARRIVED, NOT_CHECKED } from '../../lib/domain/uploads/upload-reasons.ts';
import { photo } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { directAccess } from '../support/direct-access.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, register, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const WAITING = /Waiting for the file, or checking it/;
const LIAR = { name: 'liar.jpg', type: 'image/jpeg', bytes: Buffer.from('this is no picture at all') };

/** Holds all uploads of the page until the returned function is called. */
async function holdUploads(page: Page): Promise<() => void> {
  const opens = Promise.withResolvers<void>();
  await page.route('**/local/s3/**', async (route) => {
    if (route.request().method() === 'PUT') await opens.promise;
    await route.continue().catch(() => undefined);
  });
  return opens.resolve;
}

describe('A file is shown from the moment of its upload, with what happens to it, until it is ready or has its reason', () => {
  test('in a batch', async () => {
    const patient = newPatient();
    const doctor = await service.as('doctor');
    await createBatch(doctor, patient);
    const page = await browsing.signedIn('doctor', `/patients/${patient}`);
    await openBatch(page);
    const go = await holdUploads(page);
    await drop(page, [await photo({ seed: 1 }), LIAR]);
    const tiles = (status: string) => page.locator(`.tile[data-status=${status}]`);
    await expect.poll(() => tiles('pending').filter({ hasText: WAITING }).count()).toBe(2);
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
    await page.locator('.viewer-stage').getByText(WAITING).waitFor();
    expect(await page.locator('.patient-foot').innerText()).toBe('1 batch · 0 images');
    go();
    await expect.poll(() => tiles('ready').count(), { timeout: 20_000 }).toBe(1);
    await expect.poll(() => tiles('rejected').getByText('liar.jpg').count()).toBe(1);
    expect(await tiles('pending').count()).toBe(0);
    // The opened one is drawn without a click.
    await page.locator('.viewer-stage > img').waitFor();
  });

  test('in a case', async () => {
    const page = await browsing.signedIn('doctor', `/cases/C-${crypto.randomUUID()}`);
    const patient = newPatient();
    await register(await service.as('staff'), patient);
    await page.getByLabel('Patient number').fill(patient);
    const go = await holdUploads(page);
    await drop(page, [await photo({ seed: 1 }), LIAR]);
    const images = (status: string) => page.locator(`.case-images button[data-status=${status}]`);
    await expect.poll(() => images('pending').filter({ hasText: WAITING }).count()).toBe(2);
    await page.locator('.patient-head').getByText('0 images').waitFor();
    go();
    await expect.poll(() => images('ready').count(), { timeout: 20_000 }).toBe(1);
    await expect.poll(() => images('rejected').filter({ hasText: 'liar.jpg' }).count()).toBe(1);
    expect(await images('pending').count()).toBe(0);
    await page.locator('.patient-head').getByText('1 image').waitFor();
  });
});

test('Uploads that failed or never came show their reason, in the batch, the case and the viewer', async () => {
  const direct = await directAccess(service);
  const doctor = await service.as('doctor');
  const patient = newPatient();
  const caseId = `C-${crypto.randomUUID()}`;
  const batch = await createBatch(doctor, patient);
  const files = ['failed.jpg', 'expired.jpg'].map((name) => ({ name, size: 1000, type: 'image/jpeg' }));
  const path = `/api/images/batches/${batch}/upload-urls`;
  const { uploads } = await doctor.json('POST', path, 201, { files });
  for (const { name, size, type } of files) {
    const body = { fileName: name, fileSize: size, mimeType: type, caseId, patientId: patient };
    uploads.push({ id: (await doctor.json('POST', '/api/v1/images/upload-url', 201, body)).imageId, name });
  }
  const inBatch = await browsing.signedIn('staff', `/patients/${patient}`);
  await openBatch(inBatch);
  await expect.poll(() => inBatch.locator('.tile[data-status=pending]').count()).toBe(2);
  const inCase = await browsing.signedIn('staff', `/cases/${caseId}`);
  await expect.poll(() => inCase.locator('button[data-status=pending]').count()).toBe(2);

  for (const { id, name } of uploads) {
    const image = await direct.images.get(id);
    if (!image) throw new Error(`no image ${id}`);
    if (name === 'failed.jpg') await direct.imageDecisions.markFailed(image, NOT_CHECKED, new Date());
    else await direct.imageDecisions.markExpired(image, new Date(Date.now() + 86_400_000), new Date());
  }
  for (const page of [inBatch, inCase]) {
    const failed = page.locator('[data-status=failed]');
    await failed.getByText(NOT_CHECKED).waitFor();
    await page.locator('[data-status=expired]').getByText(NEVER_ARRIVED).waitFor();
    await page.getByRole('button', { name: 'Show failed.jpg' }).click();
    await page.getByRole('alert').getByText(NOT_CHECKED).waitFor();
    expect(await page.getByRole('button', { name: 'Download image' }).count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'expired.jpg' }).waitFor();
    await page.getByRole('alert').getByText(NEVER_ARRIVED).waitFor();
  }
});
