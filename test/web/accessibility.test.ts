import { describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { found, searchField } from '../support/browser/find.ts';
import { PATIENT_1 } from '../support/people.ts';
import { createBatch, decided, formOf, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

async function filledPatient(patient: string) {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, patient);
  const ids = await upload(doctor, batch, [
    await photo({ seed: 1 }),
    await photo({ seed: 2 }),
    { name: 'broken.jpg', type: 'image/jpeg', bytes: new Uint8Array(Buffer.from('no picture')) },
  ]);
  for (const id of ids) await decided(doctor, id);
  return ids;
}

describe('axe finds no violation in light and in dark', () => {
  test('on the page before sign-in', async () => {
    const page = await browsing.open('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on a patient, with an open batch, images selected and shown, and an open dialog', async () => {
    const patient = 'P-405';
    await filledPatient(patient);
    const page = await browsing.signedIn('doctor', `/patients/${patient}`);
    await page.getByRole('button', { name: /^Visit/ }).click();
    await page.getByLabel('Select photo-1.jpeg').check();
    await page.getByRole('button', { name: 'Show photo-2.jpeg' }).click();
    await page.locator('.viewer-stage > img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete image' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on a comparison, a print, and a caption of many lines', async () => {
    const patient = 'P-425';
    const [first] = await filledPatient(patient);
    const doctor = await service.as('doctor');
    await doctor.json('PATCH', `/api/images/${first}`, 200, { caption: 'Standing.\n'.repeat(60) });
    const page = await browsing.signedIn('doctor', `/patients/${patient}`);
    await page.getByRole('button', { name: /^Visit/ }).click();
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.locator('.viewer-stage > img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Select photo-1.jpeg').check();
    await page.getByLabel('Select photo-2.jpeg').check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.locator('.compare-frame > img').nth(1).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Print', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on the results of a search, on a phone', async () => {
    const patient = 'P-435';
    await filledPatient(patient);
    const phone = { viewport: { width: 390, height: 844 } };
    const page = await browsing.signedIn('doctor', `/patients/${patient}`, phone);
    await page.getByRole('button', { name: 'Search images' }).click();
    await page.getByRole('searchbox').fill('photo');
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
    await page.locator('.viewer-stage > img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on a new key, before and after it is created', async () => {
    const page = await browsing.signedIn('admin', '/admin/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Name').fill('Viewer');
    await page.getByLabel('Read patients').check();
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByText('Copy it now').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('on a case of a patient, and on the page that leads to it, on a phone', async () => {
    const doctor = await service.as('doctor');
    const file = await photo({ seed: 3 });
    const form = formOf({ caseId: 'C-606', patientId: PATIENT_1 }, { file: [file] });
    const { id } = await doctor.json('POST', '/api/v1/images/upload', 201, form);
    await decided(doctor, id);
    const phone = { viewport: { width: 390, height: 844 } };
    const page = await browsing.signedIn('patient-1', '/cases', phone);
    await page.getByLabel('Case number').fill('C-606');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open case' }).click();
    await page.getByRole('button', { name: 'Show photo-3.jpeg' }).click();
    await page.locator('.viewer-stage > img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test('in the search, with what it finds and when it finds nothing, and on the page of a new number', async () => {
    const page = await browsing.signedIn('staff');
    await searchField(page).fill(PATIENT_1);
    await found(page).first().waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await searchField(page).fill('N-0815-new');
    await page.getByText('Nobody and nothing is found by').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('option', { name: /^Register/ }).click();
    await page.getByText('This number is new.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  test.each(['/', '/cases/C-9', '/admin/audit', '/admin/keys', '/admin/status', `/patients/${PATIENT_1}`])(
    'on %s',
    async (path) => {
      const page = await browsing.signedIn('admin', path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await faultsOf(page)).toEqual([]);
    },
  );
});

test('Everything works by keyboard alone: sign in, create a batch, categorise, view, delete', async () => {
  await filledPatient('P-4100');
  const page = await browsing.open('/patients/P-4100');
  /** Presses Tab until the element with this name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let step = 0; step < 60; step += 1) {
      const focused = await page
        .locator(':focus')
        .evaluateAll(([element]) => element?.getAttribute('aria-label') ?? element?.textContent ?? '');
      if (name.test(String(focused))) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`no Tab leads to ${name}`);
  };
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await tabTo(/^Sign in$/);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Dana Doctor' }).waitFor();
  await tabTo(/Dana Doctor/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Visit/ }).waitFor();
  await tabTo(/New batch/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await page.getByText('No images in this batch yet.').waitFor();
  await tabTo(/^Visit/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).waitFor();
  await tabTo(/^Category of photo-1/);
  await page.keyboard.type('Casts');
  await expect.poll(() => page.getByLabel('Category of photo-1.jpeg').inputValue()).toBe('casts');
  await page.getByText('Saved').waitFor();
  await tabTo(/^Show photo-2/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'photo-2.jpeg' }).waitFor();
  await tabTo(/^Delete image/);
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Show photo-2.jpeg' }).waitFor({ state: 'detached' });
});
