import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { faultsOf } from '../../support/browser/axe.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
let admin: Client;
beforeAll(async () => {
  admin = await service.as('admin');
});

/** A name that no other test uses. */
const newName = () => `Nora ${randomUUID().slice(0, 8)}`;
const add = async (own: Record<string, unknown> = {}) => {
  const name = newName();
  const email = `${randomUUID()}@clinic.example`;
  return admin.json('POST', '/api/people', 201, { name, email, role: 'staff', ...own });
};
const stored = async (name: string, role: string) => {
  const { people } = await admin.json('GET', `/api/people?limit=60&role=${role}`, 200);
  return people.find((person: { name: string }) => person.name === name);
};

test('An admin adds a person, and a patient with the number; axe finds no violation', async () => {
  const name = newName();
  const page = await browsing.signedIn('admin', '/');
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('row', { name: /Alex Admin/ }).waitFor();
  expect(await faultsOf(page)).toEqual([]);

  await page.getByRole('button', { name: 'Add person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('E-mail').fill(`${randomUUID()}@clinic.example`);
  await dialog.getByLabel('Role').selectOption('patient');
  await dialog.getByLabel('Patient number').fill('p-77');
  expect(await faultsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const row = page.getByRole('row', { name });
  await row.getByText('invited').waitFor();
  await page.getByText(`${name} was added.`).waitFor();
  expect(await stored(name, 'patient')).toMatchObject({ patient_id: 'P-77', enabled: true });

  await row.getByRole('button', { name: `P-77, patient number of ${name}` }).click();
  await page.getByLabel('Patient number', { exact: true }).fill('P-78');
  await page.getByRole('button', { name: 'Save' }).click();
  await row.getByText('P-78').waitFor();
  expect(await stored(name, 'patient')).toMatchObject({ patient_id: 'P-78' });
});

test('The page says why a person cannot be added, and keeps what was typed', async () => {
  const { email } = await add();
  const page = await browsing.signedIn('admin', '/admin/people');
  await page.getByRole('button', { name: 'Add person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Twice');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await dialog.getByRole('alert').getByText('Somebody has this address already.').waitFor();
  expect(await dialog.getByLabel('Name').inputValue()).toBe('Twice');
});

test('A role is changed in the list, also to that of a patient, and an account is disabled and enabled', async () => {
  const { name } = await add();
  const page = await browsing.signedIn('admin', '/admin/people?role=staff');
  const row = page.getByRole('row', { name });
  const more = page.getByRole('button', { name: 'More people' });
  while (!(await row.isVisible()) && (await more.isVisible())) await more.click();
  const select = row.getByLabel(`Role of ${name}`);
  await select.selectOption('doctor');
  await page.getByText(`New role of ${name}: doctor.`).waitFor();
  expect(await stored(name, 'doctor')).toBeDefined();

  await row.getByRole('button', { name: `Disable ${name}` }).click();
  await row.getByText('disabled').waitFor();
  expect(await faultsOf(page)).toEqual([]);
  expect(await stored(name, 'doctor')).toMatchObject({ enabled: false });
  await row.getByRole('button', { name: `Enable ${name}` }).click();
  await row.getByText('invited').waitFor();

  await select.selectOption('patient');
  await page.getByRole('dialog').getByLabel('Patient number').fill('P-79');
  await page.getByRole('button', { name: 'Save' }).click();
  await row.getByText('P-79').waitFor();
  expect(await stored(name, 'patient')).toMatchObject({ patient_id: 'P-79' });
});

test('An admin cannot change the own row, nor the last admin', async () => {
  const page = await browsing.signedIn('admin', '/admin/people?role=admin');
  const demo = page.getByRole('row', { name: /Alex Admin/ });
  await demo.getByRole('button', { name: 'Disable Alex Admin' }).click();
  await page.getByText(/Alex Admin was not changed: This is the last admin who can sign in/).waitFor();
  await demo.getByText('can sign in', { exact: true }).waitFor();

  // As the person of the issuer, whose account it is.
  const own = await browsing.demoSignedIn('admin', '/admin/people?role=admin');
  const self = own.getByRole('row', { name: /Alex Admin/ });
  await self.getByText('(you)').waitFor();
  expect(await self.getByRole('combobox').isDisabled()).toBe(true);
  expect(await self.getByRole('button').count()).toBe(0);
});

test('Where people are kept by the clinic’s own issuer, the page says so', async () => {
  const page = await browsing.signedIn('admin', '/');
  const message = 'People are kept in the clinic’s own directory, and changed there.';
  await page.route('**/api/people*', (route) =>
    route.fulfill({ status: 409, json: { error: 'CONFLICT', message, details: [] } }),
  );
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByText('People are kept in the clinic’s own directory').waitFor();
  expect(await page.getByRole('button', { name: 'Add person' }).count()).toBe(0);
  expect(await faultsOf(page)).toEqual([]);
});
