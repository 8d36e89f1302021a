import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photos } from '../fixtures/photos.ts';
import { drop, useBrowser } from '../support/browser/browser.ts';
import { openPatient } from '../support/browser/find.ts';
import { drawn, openBatch, tiles } from '../support/browser/patient-page.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const NOTICE = 'No live connection: what others change is shown some seconds later.';

/** The messages of the page's sockets from now on, and the number of sockets. */
function listen(page: Page) {
  const heard = { sockets: 0, frames: [] as string[] };
  page.on('websocket', (socket) => {
    heard.sockets += 1;
    socket.on('framereceived', ({ payload }) => heard.frames.push(String(payload)));
  });
  return heard;
}

test('A change by one person is shown to others at once, and another patient receives nothing of it', {
  timeout: 90_000,
}, async () => {
  const doctor = await service.as('doctor');
  await createBatch(doctor, PATIENT_1, 'Shared');
  const one = await browsing.signedIn('doctor', `/patients/${PATIENT_1}`);
  const other = await browsing.signedIn('patient-1');
  const otherPatient = await browsing.signedIn('patient-2');
  const theirs = listen(other);
  const nothing = listen(otherPatient);
  await other.reload();
  await otherPatient.reload();
  await otherPatient.getByText('No images yet').waitFor();
  // On a busy computer the earlier pages are still opening theirs.
  await expect.poll(() => Math.min(theirs.sockets, nothing.sockets)).toBeGreaterThan(0);
  await openBatch(one, 'Shared');
  await openBatch(other, 'Shared');

  await drop(one, await photos(3));
  await expect.poll(() => drawn(one), { timeout: 20_000 }).toBe(3);
  await expect.poll(() => drawn(other)).toBe(3);
  await expect.poll(() => other.locator('.badges').textContent()).toMatch(/1 batch.*3 images/);

  await one.getByLabel('Category of photo-0.jpeg').selectOption('Posterior');
  await expect.poll(() => other.getByLabel('Category of photo-0.jpeg').inputValue()).toBe('posterior');
  await one.getByLabel('Caption of photo-1.jpeg').fill('standing');
  await one.getByLabel('Caption of photo-1.jpeg').press('Enter');
  await expect.poll(() => other.getByLabel('Caption of photo-1.jpeg').inputValue()).toBe('standing');
  await one.getByLabel('Select photo-1.jpeg').check();
  await one.getByLabel('Select photo-2.jpeg').check();
  await one.getByLabel('Category of the selection').selectOption('X-Ray');
  await expect.poll(() => other.getByLabel('Category of photo-2.jpeg').inputValue()).toBe('x_ray');

  await one.getByRole('button', { name: 'Show photo-0.jpeg' }).click();
  await one.getByRole('button', { name: 'Delete image' }).click();
  await one.getByRole('alertdialog').getByRole('button', { name: 'Delete image' }).click();
  await expect.poll(() => tiles(one).count()).toBe(2);
  await expect.poll(() => tiles(other).count()).toBe(2);
  // Patients may delete nothing, and see no delete button.
  expect(await other.getByRole('button', { name: /Delete/ }).count()).toBe(0);

  await one.getByRole('button', { name: 'Rename Shared' }).click();
  await one.getByRole('textbox', { name: 'Name' }).fill('Second visit');
  await one.getByRole('button', { name: 'Rename', exact: true }).click();
  await other.getByRole('button', { name: /^Second visit/ }).waitFor();
  await one.getByRole('button', { name: 'Delete Second visit' }).click();
  await one.getByRole('button', { name: 'Delete batch' }).click();
  await other.getByText('No images yet').waitFor();

  await otherPatient.getByText('No images yet').waitFor();
  expect(theirs.frames.length).toBeGreaterThan(5);
  // What the page said itself: nobody is shown until the code of the patient's page has come.
  const own = [null, PATIENT_2].map((patient) => JSON.stringify({ type: 'SHOWN', patient }));
  expect(nothing.frames).toContain(own[1]);
  expect(nothing.frames.filter((frame) => !own.includes(frame))).toEqual([]);
  // Nor by the URL.
  await otherPatient.goto(`/patients/${PATIENT_1}`);
  await otherPatient.getByText('The batches cannot be shown').waitFor();
});

test('A page is told of the patient that it shows only, and shows what it missed when it shows another', async () => {
  const doctor = await service.as('doctor');
  const [one, other] = [newPatient(), newPatient()];
  const ofOne = await createBatch(doctor, one, 'Of one');
  const ofOther = await createBatch(doctor, other, 'Of the other');
  const page = await browsing.signedIn('staff');
  const { frames } = listen(page);
  await page.goto(`/patients/${one}`);
  await openBatch(page, 'Of one');
  const answer = (patient: string) => JSON.stringify({ type: 'SHOWN', patient });
  await expect.poll(() => frames).toContain(answer(one));

  const [missed = '', seen = ''] = await Promise.all(
    [ofOther, ofOne].map(async (batch) => (await upload(doctor, batch, await photos(1)))[0]),
  );
  await Promise.all([decided(doctor, missed), decided(doctor, seen)]);
  await expect.poll(() => drawn(page)).toBe(1);
  expect(frames.join()).toContain(seen);
  expect(frames.join()).not.toContain(missed);

  const go = async (patient: string) => {
    await page.getByRole('link', { name: /Negatoscope/ }).click();
    await openPatient(page, patient);
  };
  await go(other);
  await openBatch(page, 'Of the other');
  await expect.poll(() => drawn(page)).toBe(1);
  await expect.poll(() => frames).toContain(answer(other));
  await upload(doctor, ofOther, await photos(1));
  await expect.poll(() => drawn(page)).toBe(2);

  // What changed meanwhile is shown, although the page has the list in its cache.
  await upload(doctor, ofOne, await photos(1));
  await createBatch(doctor, one, 'New');
  await go(one);
  await page.locator('.batch-trigger', { hasText: 'New' }).waitFor();
  await openBatch(page, 'Of one');
  await expect.poll(() => drawn(page)).toBe(2);
});

test('A refused socket is reported, and changes are shown without it, too', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-5101');
  const page = await browsing.open('/');
  let refused = 0;
  await page.routeWebSocket('**/ws', (socket) => {
    refused += 1;
    socket.close();
  });
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Sam Staff' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.goto('/patients/P-5101');
  await openBatch(page);
  await page.getByText('No images in this batch yet.').waitFor();
  await page.getByText(NOTICE).waitFor();
  const [id = ''] = await upload(doctor, batch, await photos(1));
  await decided(doctor, id);
  await expect.poll(() => drawn(page), { timeout: 20_000 }).toBe(1);
  await doctor.json('PATCH', `/api/images/${id}`, 200, { caption: 'standing' });
  await page.getByRole('textbox', { name: 'Caption of photo-0.jpeg' }).waitFor();
  await expect
    .poll(() => page.getByLabel('Caption of photo-0.jpeg').inputValue(), { timeout: 20_000 })
    .toBe('standing');
  expect(refused).toBeGreaterThan(1);
  await page.unrouteAll();
  await page.reload();
  await expect.poll(() => drawn(page)).toBe(1);
  expect(await page.getByText(NOTICE).count()).toBe(0);
});

test('After hours of sleep the page loads again, although its lost connection reports nothing', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-5102');
  const page = await browsing.open('/');
  await page.clock.install();
  let isAsleep = false;
  let sockets = 0;
  await page.routeWebSocket('**/ws', (socket) => {
    sockets += 1;
    const server = socket.connectToServer();
    const number = sockets;
    // The old connection receives nothing any more, not even a close frame.
    server.onMessage((message) => {
      if (!isAsleep || number > before) socket.send(message);
    });
  });
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dana Doctor' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.goto('/patients/P-5102');
  await openBatch(page);
  await page.getByText('No images in this batch yet.').waitFor();
  await expect.poll(() => sockets).toBeGreaterThan(1);
  const before = sockets;
  isAsleep = true;
  const [id = ''] = await upload(doctor, batch, await photos(1));
  await decided(doctor, id);
  expect(await drawn(page)).toBe(0);
  // The laptop wakes up: timers with an interval of seconds fire late.
  await page.clock.fastForward(40 * 60_000);
  await expect.poll(() => drawn(page), { timeout: 20_000 }).toBe(1);
  expect(sockets).toBeGreaterThan(before);
});
