import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { openPatient } from '../support/browser/find.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { createBatch, decided, formOf, register, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** Uploads an image into a case of the patient; returns its id once it is ready. */
async function photoInCase(caseId: string, patientId: string, seed = 1) {
  const doctor = await service.as('doctor');
  const form = formOf({ caseId, patientId }, { file: [await photo({ seed })] });
  const { id } = await doctor.json('POST', '/api/v1/images/upload', 201, form);
  await decided(doctor, id);
  return id as string;
}

const fold = (page: Page) => page.locator('summary', { hasText: 'Cases' });
/** The texts of the links to cases, in their order. */
const links = (page: Page) => page.locator('a[href^="/cases/"]').allTextContents();
const today = (page: Page) =>
  page.evaluate(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format());

test('A patient finds their cases on their page and on the page of cases, the latest first', async () => {
  await photoInCase('C-601', PATIENT_1);
  await photoInCase('C-602', PATIENT_1);
  await photoInCase('C-601', PATIENT_1, 2);
  await photoInCase('C-603', 'P-1003');
  const page = await browsing.signedIn('patient-1');
  await fold(page).click();
  const day = await today(page);
  const expected = [`C-601 2 images · ${day}`, `C-602 1 image · ${day}`];
  await expect.poll(() => links(page)).toEqual(expected);
  await page.getByRole('navigation').getByRole('link', { name: 'Cases' }).click();
  await page.getByRole('heading', { name: 'Your cases' }).waitFor();
  expect(await links(page)).toEqual(expected);
  await page.getByRole('link', { name: 'C-602' }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).waitFor();
});

test('A doctor sees the cases of the patient whose page is open, and opens one by keyboard', async () => {
  const [patient, caseId] = [`P-${randomUUID().toUpperCase()}`, `C-${randomUUID()}`];
  await photoInCase(caseId, patient);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await fold(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: caseId }).waitFor();
  await page.getByRole('link', { name: patient }).click();
  await fold(page).waitFor();
});

test('A patient without cases sees no list of cases, neither on their page nor on the page of cases', async () => {
  const doctor = await service.as('doctor');
  await createBatch(doctor, PATIENT_2, 'Visit');
  await photoInCase('C-604', PATIENT_1);
  const own = await service.as('patient-2');
  expect(await own.json('GET', `/api/v1/images/cases?patientId=${PATIENT_2}`, 200)).toEqual({
    cases: [],
    next: null,
  });
  const page = await browsing.signedIn('patient-2');
  await page.getByRole('button', { name: /^Visit/ }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(await fold(page).count()).toBe(0);
  await page.goto('/cases');
  await page.getByLabel('Case number').waitFor();
  await page.waitForLoadState('networkidle');
  expect(await page.getByText('Your cases').count()).toBe(0);
  await page.goto(`/patients/${PATIENT_1}`);
  await page.getByText('The batches cannot be shown').waitFor();
  expect(await fold(page).count()).toBe(0);
});

test('An image that is added to a case, or deleted from it, updates the list at once', async () => {
  const [patient, caseId] = [`P-${randomUUID().toUpperCase()}`, `C-${randomUUID()}`];
  const socket = Promise.withResolvers<void>();
  await register(await service.as('staff'), patient);
  const page = await browsing.open('/');
  page.on('websocket', (opened) => opened.on('framereceived', () => socket.resolve()));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dana Doctor' }).click();
  await openPatient(page, patient);
  await page.getByText('No images yet').waitFor();
  expect(await fold(page).count()).toBe(0);
  const first = await photoInCase(caseId, patient);
  await socket.promise;
  await fold(page).click();
  await page.getByRole('link', { name: `${caseId} 1 image` }).waitFor();
  await photoInCase(caseId, patient, 2);
  await page.getByRole('link', { name: `${caseId} 2 images` }).waitFor();
  const doctor = await service.as('doctor');
  await doctor.json('DELETE', `/api/v1/images/${first}`, 204);
  await page.getByRole('link', { name: `${caseId} 1 image` }).waitFor();
});

test('More cases than one answer holds are loaded on request', async () => {
  const patient = `P-${randomUUID().toUpperCase()}`;
  const ids = [1, 2, 3].map((number) => `C-${number}-${randomUUID()}`);
  for (const id of ids) await photoInCase(id, patient);
  const page = await browsing.signedIn('doctor');
  // As in a clinic with hundreds of cases, but in pages of two.
  await page.route('**/api/v1/images/cases?**', (route) =>
    route.continue({ url: `${route.request().url()}&limit=2` }),
  );
  await openPatient(page, patient);
  await page.getByText('2+').waitFor();
  await fold(page).click();
  await page.getByRole('button', { name: 'Older cases' }).click();
  await expect.poll(() => page.locator('a[href^="/cases/"] b').allTextContents()).toEqual(ids.toReversed());
  expect(await page.getByRole('button', { name: 'Older cases' }).count()).toBe(0);
});

test.each([1280, 390])(
  'axe finds no violation in light and in dark at a width of %i, with any number of a case',
  async (width) => {
    const long = `C-${width}-${'0123456789'.repeat(5)}`;
    await photoInCase(long, PATIENT_1);
    await photoInCase('C-605', PATIENT_1);
    const page = await browsing.signedIn('patient-1', '/', { viewport: { width, height: 800 } });
    await fold(page).click();
    await page.getByRole('link', { name: long }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    const wide = () => page.locator('html').evaluate((html) => Reflect.get(html, 'scrollWidth'));
    expect(await wide()).toBe(width);
    await page.goto('/cases');
    await page.getByRole('link', { name: long }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await wide()).toBe(width);
  },
);
