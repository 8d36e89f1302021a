import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, decided, formOf, register, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** Uploads an image into a case; returns its id once it is ready. */
async function photoInCase(client: Client, caseId: string, seed: number, fields: Record<string, string>) {
  const form = formOf({ caseId, ...fields }, { file: [await photo({ seed })] });
  const { id } = await client.json('POST', '/api/v1/images/upload', 201, form);
  await decided(client, id);
  return id as string;
}
/** An image that is ready. */
const shows = (page: Page, seed: number) =>
  page.locator('.case-images button[data-status=ready]', { hasText: `Show photo-${seed}.jpeg` });
const listOf = async (caseId: string) => {
  const doctor = await service.as('doctor');
  return (await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200)).images;
};

test('Images are uploaded with the eye and the time of their capture, once somebody names the patient of the case', async () => {
  await register(await service.as('staff'), PATIENT_1, 'Eyes');
  const page = await browsing.signedIn('staff', '/cases/C-501');
  await page.getByText('No images in this case yet.').waitFor();
  expect(await page.getByText('Choose images').count()).toBe(0);
  await page.getByLabel('Patient number').fill(PATIENT_1);
  await page.getByLabel('Eye').selectOption('Left');
  await page.getByLabel('Captured').fill('2025-11-06T09:30');
  await drop(page, [await photo({ seed: 1 }), await photo({ seed: 2 })]);
  await shows(page, 1).waitFor();
  await shows(page, 2).waitFor();
  for (const image of await listOf('C-501')) {
    expect(image).toMatchObject({
      patientId: PATIENT_1,
      eyeSide: 'left',
      capturedLocal: '2025-11-06T09:30:00',
      captureOffset: null,
      status: 'ready',
    });
  }
  // From now on the case is that patient's, and the page does not ask again.
  await page.getByRole('link', { name: PATIENT_1 }).waitFor();
  expect(await page.getByLabel('Patient number').count()).toBe(0);
  await page.getByLabel('Eye').selectOption('Right');
  await drop(page, [await photo({ seed: 3 })]);
  await shows(page, 3).waitFor();
  expect(await listOf('C-501')).toContainEqual(
    expect.objectContaining({ fileName: 'photo-3.jpeg', eyeSide: 'right', patientId: PATIENT_1 }),
  );
  // As the examiner sees them.
  const [right, left] = await Promise.all(
    ['Right eye', 'Left eye'].map((name) => page.getByRole('region', { name }).boundingBox()),
  );
  expect(right?.x).toBeLessThan(left?.x ?? 0);
  expect(right?.y).toBe(left?.y);
  expect(await page.getByRole('region', { name: 'Right eye' }).getByText('photo-3.jpeg').count()).toBe(1);
  expect(await page.getByRole('region', { name: 'Left eye' }).locator('.case-images button').count()).toBe(2);
});

test('The viewer shows an image of a case, and downloads the original by a signed URL', async () => {
  const doctor = await service.as('doctor');
  await photoInCase(doctor, 'C-502', 4, { patientId: PATIENT_1, eyeSide: 'both' });
  await photoInCase(doctor, 'C-502', 5, { patientId: PATIENT_1, capturedAt: '2025-03-04T10:00:00Z' });
  const page = await browsing.signedIn('doctor', '/cases/C-502');
  const forwarded: string[] = [];
  page.on('request', (request) => request.url().endsWith('/proxy') && forwarded.push(request.url()));
  await shows(page, 4).click();
  const picture = page.locator('.viewer-stage > img');
  await expect
    .poll(() => picture.evaluateAll(([image]) => image && Reflect.get(image, 'naturalWidth')), {
      timeout: 5000,
    })
    .toBe(640);
  expect(forwarded.length).toBeGreaterThan(0);
  const eye = page.getByLabel('Eye of photo-4.jpeg');
  expect(await eye.inputValue()).toBe('both');
  await eye.selectOption('Left eye');
  await page.locator('.case-images').getByText('Eye: left').waitFor();
  // An image with an earlier time of capture is listed first, although it was uploaded later.
  await page.keyboard.press('ArrowLeft');
  await page.getByText('captured 4 Mar 2025, 10:00').waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download image' }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe('photo-5.jpeg');
  const chunks: Buffer[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(Buffer.from(chunk));
  expect(Buffer.concat(chunks).equals(Buffer.from((await photo({ seed: 5 })).bytes))).toBe(true);
});

test('An edited image of a case is drawn as edited, in the list and in the viewer, and its download is the original', async () => {
  const doctor = await service.as('doctor');
  const id = await photoInCase(doctor, 'C-508', 12, { patientId: PATIENT_1 });
  const page = await browsing.signedIn('staff', '/cases/C-508');
  await shows(page, 12).click();
  const shapes = async () => {
    const drawn = (selector: string) =>
      page
        .locator(selector)
        .evaluateAll(([image]) => [
          Number(image && Reflect.get(image, 'naturalWidth')),
          Number(image && Reflect.get(image, 'naturalHeight')),
        ]);
    const all = await Promise.all(['.case-images img', '.viewer-stage > img'].map(drawn));
    return all.map(([width = 0, height = 0]) => (width > height ? 'wide' : width < height ? 'tall' : 'none'));
  };
  await expect.poll(shapes).toEqual(['wide', 'wide']);
  const edit = (steps: object | null, version: number) =>
    doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps, version });
  // Somebody else edits it, and it is drawn anew.
  await edit({ quarterTurns: 1 }, 0);
  await expect.poll(shapes, { timeout: 20_000 }).toEqual(['tall', 'tall']);
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download image' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(Buffer.from(chunk));
  expect(Buffer.concat(chunks).equals(Buffer.from((await photo({ seed: 12 })).bytes))).toBe(true);
  await edit(null, 1);
  await expect.poll(shapes, { timeout: 20_000 }).toEqual(['wide', 'wide']);
});

test('The day and hour of a camera are the same in browsers of all time zones', async () => {
  const doctor = await service.as('doctor');
  const taken = [
    await photo({ name: 'after-midnight.jpg', takenAt: '2025:11:06 00:30:00', offset: '+02:00' }),
    await photo({ name: 'late-evening.jpg', takenAt: '2025:11:06 23:30:00', seed: 1 }),
  ];
  for (const file of [...taken, await photo({ name: 'undated.jpg', seed: 2 })]) {
    const form = formOf({ caseId: 'C-507', patientId: PATIENT_1 }, { file: [file] });
    await decided(doctor, (await doctor.json('POST', '/api/v1/images/upload', 201, form)).id);
  }
  const seen = [];
  for (const timezoneId of ['America/New_York', 'Asia/Tokyo']) {
    const page = await browsing.signedIn('doctor', '/cases/C-507', { timezoneId });
    const list = page.getByRole('region', { name: 'Images of the case' });
    await list.getByText('captured 6 Nov 2025').nth(1).waitFor();
    await page.getByRole('button', { name: 'Show after-midnight.jpg' }).click();
    await page.getByText('captured 6 Nov 2025, 00:30').waitFor();
    await page.getByRole('button', { name: 'Show late-evening.jpg' }).click();
    await page.getByText('captured 6 Nov 2025, 23:30').waitFor();
    await page.getByRole('button', { name: 'Show undated.jpg' }).click();
    seen.push(await page.getByText(/^uploaded .*, \d\d:\d\d$/).textContent());
  }
  expect(seen[0]).toBe(seen[1]);
});

test('Doctors delete an image after a confirmation; staff see no delete button', async () => {
  const doctor = await service.as('doctor');
  await photoInCase(doctor, 'C-503', 6, { patientId: PATIENT_1 });
  await photoInCase(doctor, 'C-503', 7, { patientId: PATIENT_1 });
  const staff = await browsing.signedIn('staff', '/cases/C-503');
  await shows(staff, 6).click();
  await staff.getByRole('button', { name: 'Download image' }).waitFor();
  expect(await staff.getByRole('button', { name: 'Delete image' }).count()).toBe(0);
  const page = await browsing.signedIn('doctor', '/cases/C-503');
  await shows(page, 6).click();
  await page.getByRole('button', { name: 'Delete image' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete image' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete image' }).click();
  await shows(page, 6).waitFor({ state: 'detached' });
  // The viewer shows the next image, and the other browser receives the notification.
  await page.getByRole('heading', { name: 'photo-7.jpeg' }).waitFor();
  await shows(staff, 6).waitFor({ state: 'detached' });
  expect(await listOf('C-503')).toHaveLength(1);
});

test('A patient finds their own case, adds images to it, and learns nothing of another patient’s case', async () => {
  const doctor = await service.as('doctor');
  await photoInCase(doctor, 'C-504', 8, { patientId: PATIENT_1, eyeSide: 'left' });
  await photoInCase(doctor, 'C-505', 9, { patientId: PATIENT_2 });
  const page = await browsing.signedIn('patient-1');
  await page.getByRole('link', { name: 'Cases' }).click();
  await page.getByLabel('Case number').fill('C-504');
  await page.getByRole('button', { name: 'Open case' }).click();
  await shows(page, 8).click();
  await page.getByRole('button', { name: 'Download image' }).waitFor();
  expect(await page.getByRole('button', { name: 'Delete image' }).count()).toBe(0);
  // The page does not ask a patient for the patient.
  expect(await page.getByLabel('Patient number').count()).toBe(0);
  await drop(page, [await photo({ seed: 10 })]);
  await shows(page, 10).waitFor();
  expect(await listOf('C-504')).toContainEqual(
    expect.objectContaining({ fileName: 'photo-10.jpeg', patientId: PATIENT_1 }),
  );
  // The case of another patient looks like one that does not exist, and takes no images.
  await page.goto('/cases/C-505');
  await page.getByText('No images in this case yet.').waitFor();
  expect(await shows(page, 9).count()).toBe(0);
  await drop(page, [await photo({ seed: 11 })]);
  await page.getByRole('region', { name: 'Uploads' }).getByRole('alert').waitFor();
  expect(await listOf('C-505')).toHaveLength(1);
});

test('A file that is not an image has its reason in the case, too', async () => {
  const page = await browsing.signedIn('patient-1', '/cases/C-506');
  await drop(page, [
    { name: 'broken.jpg', type: 'image/jpeg', bytes: new Uint8Array(Buffer.from('no picture')) },
  ]);
  await page.getByRole('button', { name: 'Show broken.jpg' }).click();
  await page.getByText('This file was not taken').waitFor();
});
