import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Download, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photo } from '../../fixtures/photos.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { CountedActions } from '../../support/browser/counted-actions.ts';
import { found, searchField } from '../../support/browser/find.ts';
import { newPatient, ownClaims } from '../../support/people.ts';
import { createBatch, decided, until, upload, useService } from '../../support/service.ts';

// What somebody looks for most often, by mouse and keyboard, with the number of actions.

const service = useService();
const browsing = useBrowser(service);

const option = (page: Page, name: string | RegExp) => page.getByRole('option', { name });

/** A patient of the directory, with a family name that nobody else has. */
async function registered(details: { given?: string; birthDate?: string } = {}) {
  const patientId = newPatient();
  // Ends with a letter: no name is the beginning of another one.
  const family = `Zq${patientId.replaceAll('-', '').toLowerCase()}x`;
  const staff = await service.as('staff');
  await staff.json('PUT', `/api/patients/${patientId}`, 200, {
    name: { alphabetic: `${family}^${details.given ?? 'Zoé'}` },
    birthDate: details.birthDate ?? '1970-03-21',
  });
  return { patientId, family };
}

/** The text of a file that the page saves. The browser may run on its own. */
async function textOf(download: Download): Promise<string> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'negatoscope-')), 'saved');
  await download.saveAs(file);
  return readFileSync(file, 'utf8');
}

/** Stores a slice for the patient. */
async function studyOf(patientId: string, accession: string, description = 'thorax') {
  const uids = newUids();
  const doctor = await service.as('doctor');
  await doctor.json(
    'POST',
    '/dicom/upload',
    201,
    dicomForm(
      slice(uids, [
        ['00080050', 'SH', accession],
        ['00081030', 'LO', description],
        ['00100020', 'LO', patientId],
      ]),
    ),
  );
  return uids;
}

describe('The right patient', () => {
  test('is opened by name in two actions from the first page, without accents, and the banner says who it is', async () => {
    const { patientId, family } = await registered();
    const page = await browsing.signedIn('staff');
    const user = new CountedActions(page);
    await user.type(family);
    await user.press('Enter');
    await page.getByRole('heading', { name: `Patient ${patientId}` }).waitFor();
    const banner = page.locator('.patient-banner');
    await banner.getByText(`${family}, Zoé`).waitFor();
    await banner.getByText(/born 21 Mar 1970 \(\d+\)/).waitFor();
    expect(user.done).toHaveLength(2);
  });

  test('is found by given name, in part and without its accent, among others by birth date, and by number', async () => {
    const { patientId, family } = await registered({ given: 'Zoë-Ängström', birthDate: '1953-07-09' });
    const page = await browsing.signedIn('staff');
    for (const text of [
      `zoe-angs ${family.toUpperCase()}`,
      `09.07.1953 ${family}`,
      patientId.toLowerCase(),
    ]) {
      await searchField(page).fill(text);
      await option(page, family).waitFor();
      expect(await option(page, family).innerText()).toContain(patientId);
    }
    await searchField(page).fill('9/7/1953');
    await option(page, family).waitFor();
  });

  test('is among those viewed before, for this person only, until the sign-out', async () => {
    const { patientId, family } = await registered();
    const page = await browsing.signedIn('doctor', `/patients/${patientId}`);
    await page.locator('.patient-banner').getByText(family).waitFor();
    await page.getByRole('link', { name: 'Negatoscope' }).click();
    const recent = page.getByRole('navigation', { name: 'Recently viewed' });
    await recent.getByRole('link', { name: new RegExp(family) }).waitFor();
    const kept = () => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    expect(await kept()).toContain(family);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const left = await kept();
    expect(left).not.toContain(family);
    expect(left).not.toContain(patientId);
  });
});

describe('A text that matches nobody', () => {
  test('opens nobody by Enter, says so, and offers to register the number', async () => {
    const patientId = newPatient();
    const page = await browsing.signedIn('staff');
    const user = new CountedActions(page);
    await user.type(patientId);
    await user.press('Enter');
    await page.getByText('Nobody and nothing is found by').waitFor();
    await user.press('Enter');
    expect(new URL(page.url()).pathname).toBe('/');
    await user.press('ArrowDown');
    await user.press('Enter');
    await page.getByText('This number is new.').waitFor();
    expect(await page.getByRole('button', { name: 'New batch' }).count()).toBe(0);
    await page.getByLabel('Family name').fill('Neu');
    await page.getByLabel('Given name').fill('Nora');
    await page.getByLabel('Birth date').fill('2001-02-03');
    await page.getByRole('button', { name: 'Register patient' }).click();
    await page.locator('.patient-banner').getByText('Neu, Nora').waitFor();
    await page.getByRole('button', { name: 'New batch' }).waitFor();
    const staff = await service.as('staff');
    const entry = await staff.json('GET', `/api/patients/${patientId}`, 200);
    expect(entry).toMatchObject({ name: { alphabetic: 'Neu^Nora' }, birthDate: '2001-02-03' });
  });

  test('is not offered as a patient when it is the number of one without a name', async () => {
    const patientId = newPatient();
    await createBatch(await service.as('doctor'), patientId);
    const page = await browsing.signedIn('staff');
    await searchField(page).fill(patientId);
    await option(page, /no name registered/).click();
    await page.getByRole('button', { name: 'Add the name' }).click();
    await page.getByLabel('Family name').fill('Später');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.patient-banner').getByText('Später').waitFor();
  });
});

test('A study is found by its accession number in two actions from the first page, under the patient’s banner', async () => {
  const { patientId, family } = await registered();
  const accession = `ACC-${patientId}`.slice(0, 16);
  const { study } = await studyOf(patientId, accession);
  const page = await browsing.signedIn('staff');
  const user = new CountedActions(page);
  await user.type(accession);
  await user.press('Enter');
  await page.waitForURL(`**/studies/${study}*`);
  await page.getByRole('link', { name: new RegExp(`${family}.*Patient ${patientId}`) }).waitFor();
  expect(user.done).toHaveLength(2);
});

describe('Today', () => {
  test('shows what is uploaded while the page is open, and the filters stay in the address', async () => {
    const { patientId, family } = await registered();
    const page = await browsing.signedIn('staff');
    const rows = page.getByRole('list', { name: 'Uploads and studies of today' }).getByRole('link');
    await page.getByRole('heading', { name: /^Today/ }).waitFor();
    const doctor = await service.as('doctor');
    const batch = await createBatch(doctor, patientId, 'Control');
    const [image = ''] = await upload(doctor, batch, [await photo({ name: 'a.jpeg', seed: 1 })]);
    const [refused = ''] = await upload(doctor, batch, [
      { name: 'no.jpeg', bytes: new TextEncoder().encode('no picture'), type: 'image/jpeg' },
    ]);
    await Promise.all([image, refused].map((id) => decided(doctor, id)));
    const row = rows.filter({ hasText: family });
    await row.getByText('1 refused').waitFor();
    expect(await row.innerText()).toContain('Control · 1 image');
    expect(await row.innerText()).toContain('not seen yet');

    await page.getByLabel('State').selectOption('Refused');
    await page.getByRole('button', { name: 'Unseen' }).click();
    expect(new URL(page.url()).search).toBe('?state=refused&unseen=1');
    await page.reload();
    await row.waitFor();
    await page.getByRole('button', { name: 'Mine' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Mine' }).click();
    await row.click();
    // The batch is open, as the address says.
    await page.getByRole('button', { name: 'Show a.jpeg' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Unseen', pressed: true }).waitFor();
    await page.getByLabel('State').waitFor();
    await expect.poll(() => row.count()).toBe(0);
    await page.getByRole('button', { name: 'Unseen' }).click();
    await row.waitFor();
    expect(await row.innerText()).not.toContain('not seen yet');
  });
});

describe('Links', () => {
  test('An image has an address: a reload shows it, and Back returns to the list', async () => {
    const { patientId } = await registered();
    const doctor = await service.as('doctor');
    const batch = await createBatch(doctor, patientId);
    const files = await Promise.all([1, 2].map((seed) => photo({ name: `p${seed}.jpeg`, seed })));
    const ids = await upload(doctor, batch, files);
    await Promise.all(ids.map((id) => decided(doctor, id)));
    const page = await browsing.signedIn('doctor', `/patients/${patientId}`);
    await page.getByRole('button', { name: /^Visit/ }).click();
    await page.getByRole('button', { name: 'Show p1.jpeg' }).click();
    await page.getByRole('heading', { name: 'p1.jpeg' }).waitFor();
    expect(page.url()).toContain(`image=${ids[0]}`);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'p2.jpeg' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'p2.jpeg' }).waitFor();
    // Its neighbours are in the list.
    await page.getByRole('button', { name: 'Show p1.jpeg' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'p1.jpeg' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'p1.jpeg' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show p1.jpeg' }).waitFor();

    for (const name of ['p1.jpeg', 'p2.jpeg']) await page.getByLabel(`Select ${name}`).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Compare' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Compare' }).waitFor();
    await page.locator('.patient-banner').getByText(patientId).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Compare' }).waitFor({ state: 'detached' });
  });
});

describe('Who saw a patient', () => {
  test('is answered in three actions, in sentences with names, and as CSV', async () => {
    const { patientId, family } = await registered();
    const { study, series, sop: instance } = await studyOf(patientId, 'A-1', 'thorax');
    const doctor = await service.as('doctor', ownClaims('doctor-who-reads'));
    const resource = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`;
    for (let times = 0; times < 3; times += 1)
      expect((await doctor.send('GET', `${resource}/frames/1`)).status).toBe(200);
    await doctor.json('GET', `${resource}/metadata`, 200);
    const admin = await service.as('admin');
    await until(async () =>
      (await admin.json('GET', `/api/audit?patient_id=${patientId}`, 200)).events.some(
        ({ action }: { action: string }) => action === 'get-metadata',
      ),
    );

    const page = await browsing.signedIn('admin');
    const user = new CountedActions(page);
    await user.type(family);
    await user.press('Enter');
    await user.click(page.getByRole('link', { name: 'Who saw this?' }));
    await page.getByRole('row', { name: /Dana Doctor \(doctor\) viewed .*thorax/ }).waitFor();
    expect(user.done).toHaveLength(3);
    expect(new URL(page.url()).search).toBe(`?patient_id=${patientId}`);
    await page.locator('.audit-about').getByText(family).waitFor();
    // The reads of one minute are one sentence, and not one for each request.
    expect(await page.getByRole('row', { name: /viewed .*thorax/ }).count()).toBe(1);

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    const [heading, ...lines] = (await textOf(file)).trimEnd().split('\r\n');
    expect(heading).toMatch(/^time,person,subject,role,did,action,patients/);
    expect(lines.some((line) => line.includes('Dana Doctor') && line.includes(patientId))).toBe(true);
  });

  test('The status page shows queues and the last checks to admins', async () => {
    await service.stack.tick('reconcile');
    await service.stack.tick('verify-audit');
    const page = await browsing.signedIn('admin', '/admin/status');
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    await page.getByRole('cell', { name: 'make-thumbnail' }).waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/verified \d+ \w+ \d{4}/);
    expect(text).toMatch(/files?, counted/);
  });
});

// A phone, and a screen of 1280 pixels at 200 %.
describe.each([
  [390, 844],
  [640, 400],
])('A window of %i × %i pixels', (width, height) => {
  test('shows each page without scrolling to the side', async () => {
    const { patientId, family } = await registered({ given: 'Maximiliane-Theodora Wilhelmine' });
    const { study } = await studyOf(patientId, `W${width}${patientId}`.slice(0, 16));
    const doctor = await service.as('doctor');
    await upload(doctor, await createBatch(doctor, patientId, 'x'.repeat(60)), [await photo()]);
    const page = await browsing.signedIn('admin', '/', { viewport: { width, height } });
    const isNarrow = async () => {
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), page.url()).toBe(
        true,
      );
      // What is wider than the window may scroll in a box of its own, such as a table.
      const cut = await page
        .locator('main')
        .first()
        .evaluate((main) => Reflect.get(main, 'scrollWidth') - Reflect.get(main, 'clientWidth'));
      expect(cut, page.url()).toBeLessThanOrEqual(0);
    };
    await page
      .getByRole('link', { name: new RegExp(family) })
      .first()
      .waitFor();
    await isNarrow();
    await searchField(page).fill(family);
    await option(page, family).waitFor();
    await isNarrow();
    for (const below of [
      `/patients/${patientId}`,
      `/patients/${newPatient()}`,
      `/studies/${study}`,
      `/admin/audit?patient_id=${patientId}`,
      '/admin/status',
    ]) {
      await page.goto(below);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await isNarrow();
    }
  });
});

test('The search of the bar is reached by a key from every page, and opens by keys alone', async () => {
  const { patientId, family } = await registered();
  const page = await browsing.signedIn('staff', '/cases/C-1');
  const user = new CountedActions(page);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await user.press('/');
  await user.type(family);
  await option(page, family).waitFor();
  await user.press('Escape');
  expect(await searchField(page).inputValue()).toBe('');
  await user.type(family);
  await user.press('Enter');
  await page.getByRole('heading', { name: `Patient ${patientId}` }).waitFor();
});

test('Of several patients with a name, none is opened before it is shown', async () => {
  const { family } = await registered();
  const other = newPatient();
  await (await service.as('staff')).json('PUT', `/api/patients/${other}`, 200, {
    name: { alphabetic: `${family}^Anna` },
  });
  const page = await browsing.signedIn('staff');
  const isPressed = Promise.withResolvers<void>();
  await page.route('**/api/search?**', async (route) => {
    await isPressed.promise;
    await route.continue();
  });
  const user = new CountedActions(page);
  await user.type(family);
  await user.press('Enter');
  isPressed.resolve();
  await expect.poll(() => found(page).count()).toBe(2);
  expect(new URL(page.url()).pathname).toBe('/');
  await user.press('ArrowDown');
  const second = await found(page)
    .and(page.getByRole('option', { selected: true }))
    .innerText();
  await user.press('Enter');
  await page.locator('.patient-banner').waitFor();
  expect(second).toContain(decodeURIComponent(new URL(page.url()).pathname.split('/')[2] ?? '?'));
});
