import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { column, rows } from '../../support/browser/admin-page.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { ownClaims } from '../../support/people.ts';
import { createBatch, until, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
const profile = mkdtempSync(join(tmpdir(), 'negatoscope-clipboard-'));
afterAll(() => rmSync(profile, { recursive: true, force: true }));

test('The new key is copied by one click, and its last day is the chosen one', async () => {
  const page = await browsing.signedIn('admin', '/admin/keys', {
    permissions: ['clipboard-read', 'clipboard-write'],
    // A browser has one clipboard for all its windows, in which another file may put something else meanwhile.
    profile,
  });
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Good until (optional)').fill('2031-01-31');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('Courier');
  await page.getByLabel('Write deliveries').check();
  await page.getByLabel('Good until (optional)').fill('2031-01-31');
  await page.getByRole('button', { name: 'Make key' }).click();
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied.').waitFor();
  const copied = await page.evaluate(() =>
    Reflect.get(Reflect.get(globalThis, 'navigator'), 'clipboard').readText(),
  );
  expect(copied).toBe(await page.locator('.admin-key').innerText());
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText(/^31 Jan 2031/).waitFor();
});

test('A key without scopes is not created, and the page says why', async () => {
  const page = await browsing.signedIn('admin', '/admin/keys');
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('Nothing');
  await page.getByRole('button', { name: 'Make key' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
});

test('The audit log is filtered by patient, person and time, in the address, and loads older events', async () => {
  const doctor = await service.as('doctor');
  await createBatch(doctor, 'P-7001', 'Insoles');
  const staff = await service.as('staff');
  for (let times = 0; times < 104; times += 1) {
    await staff.json('GET', '/api/images/batches?patient_id=P-7002', 200);
  }
  const admin = await service.as('admin');
  const logged = (query: string) => admin.json('GET', `/api/audit?${query}`, 200);
  await until(async () => (await logged('patient_id=P-7002&limit=200')).events.length >= 104);

  const page = await browsing.signedIn('admin', '/admin/audit');
  await rows(page).first().waitFor();
  // As for a log of years, but in parts of a hundred.
  await page.route('**/api/audit?**', (route) =>
    route.continue({ url: route.request().url().replace('limit=200', 'limit=100') }),
  );
  const show = page.getByRole('button', { name: 'Show', exact: true });

  await page.getByLabel('Patient').fill('P-7001');
  await show.click();
  await expect.poll(async () => new Set(await column(page, 'Patient'))).toEqual(new Set(['P-7001']));
  await page.getByRole('row', { name: /Dana Doctor \(doctor\) made Insoles/ }).waitFor();
  expect(await page.getByLabel('Patient').inputValue()).toBe('P-7001');
  expect(new URL(page.url()).search).toBe('?patient_id=P-7001');

  // Requests of one person that follow each other are one sentence, also when older events continue it.
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Patient').fill('P-7002');
  await show.click();
  const byStaff = rows(page).filter({ hasText: 'Sam Staff (staff) opened the page of a patient' });
  // Reading the log is an event of the log, too.
  await byStaff.getByText(/, \d+ times/).waitFor();
  await page.getByRole('button', { name: 'Older events' }).click();
  await byStaff.getByText(', 104 times').waitFor();
  expect(await byStaff.count()).toBe(1);
  await byStaff.getByText('104 events').click();
  await expect.poll(() => byStaff.locator('li').count()).toBe(104);

  // A click on the person of a sentence shows what else this person did; Back returns.
  const { sub } = ownClaims('staff');
  await byStaff.getByRole('button', { name: 'Sam Staff' }).click();
  await expect.poll(() => page.getByLabel('Person or key').inputValue()).toBe(sub);
  await page.goBack();
  await expect.poll(() => page.getByLabel('Person or key').inputValue()).toBe('');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Person or key').fill(`${sub}`);
  await show.click();
  await page.getByText('What Sam Staff did').waitFor();
  await expect
    .poll(async () => (await column(page, 'What happened')).every((text) => text.startsWith('Sam Staff')))
    .toBe(true);

  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');
  await show.click();
  await page.getByText('No event fits the filter.').waitFor();
  await page.reload();
  await page.getByText('No event fits the filter.').waitFor();
});

test.each(['patient-1', 'staff', 'doctor'])('The admin pages do not exist for %s', async (person) => {
  const page = await browsing.signedIn(person, '/admin/keys');
  await page.getByText('There is no such page').waitFor();
  expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  await page.goto('/admin/audit');
  await page.getByText('There is no such page').waitFor();
});
