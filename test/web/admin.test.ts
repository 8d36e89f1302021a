import { expect, test } from 'vitest';
import { column, rows } from '../support/browser/admin-page.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { createBatch, until, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

test('The new key is copied by one click, and its last day is the chosen one', async () => {
  const page = await browsing.signedIn('admin', '/admin/keys', {
    permissions: ['clipboard-read', 'clipboard-write'],
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

test('The audit log is filtered by patient, person and time, and loads older events', async () => {
  const doctor = await service.as('doctor');
  await createBatch(doctor, 'P-7001');
  const staff = await service.as('staff');
  for (let times = 0; times < 104; times += 1) {
    await staff.json('GET', '/api/images/batches?patient_id=P-7002', 200);
  }
  const admin = await service.as('admin');
  const logged = (query: string) => admin.json('GET', `/api/audit?${query}`, 200);
  await until(async () => (await logged('patient_id=P-7002&limit=200')).events.length >= 104);

  const page = await browsing.signedIn('admin', '/admin/audit');
  await rows(page).first().waitFor();
  const show = page.getByRole('button', { name: 'Show', exact: true });

  await page.getByLabel('Patient').fill('P-7001');
  await show.click();
  await expect.poll(async () => new Set(await column(page, 'Patient'))).toEqual(new Set(['P-7001']));
  await page.getByRole('cell', { name: 'create-batch' }).waitFor();
  expect(await page.getByLabel('Patient').inputValue()).toBe('P-7001');

  // A click on the person of an event shows the other events of that person.
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Patient').fill('P-7002');
  await show.click();
  await expect.poll(async () => new Set(await column(page, 'Patient'))).toEqual(new Set(['P-7002']));
  expect(await rows(page).count()).toBe(100);
  const times = (await column(page, 'When')).map((text) => Date.parse(text));
  expect(times).not.toContain(Number.NaN);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  await page.getByRole('button', { name: 'Older events' }).click();
  const byStaff = rows(page).filter({ hasText: 'staff' }).filter({ hasText: 'list-batches' });
  // Reading the log is an event of the log, too.
  await expect.poll(() => byStaff.count(), { timeout: 5000 }).toBe(104);
  expect(new Set(await column(page, 'Patient'))).toEqual(new Set(['P-7002']));
  const who = byStaff.first().locator('.admin-who');
  const id = await who.innerText();
  await who.click();
  await expect.poll(() => page.getByLabel('Person or key').inputValue()).toBe(id);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Person or key').fill(id);
  await show.click();
  await expect
    .poll(async () => new Set(await column(page, 'Who')), { timeout: 5000 })
    .toEqual(new Set([`staff ${id}`]));

  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');
  await show.click();
  await page.getByText('No event fits the filter.').waitFor();
});

test.each(['patient-1', 'staff', 'doctor'])('The admin pages do not exist for %s', async (person) => {
  const page = await browsing.signedIn(person, '/admin/keys');
  await page.getByText('There is no such page').waitFor();
  expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  await page.goto('/admin/audit');
  await page.getByText('There is no such page').waitFor();
});
