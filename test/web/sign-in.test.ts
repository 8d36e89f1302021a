import { describe, expect, test } from 'vitest';
import { useBrowser } from '../support/browser/browser.ts';
import { useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

describe('Each of the demo users signs in with one click', () => {
  test.each([
    ['patient-1', '/patients/P-1001', ['Images', 'Cases']],
    ['patient-2', '/patients/P-1002', ['Images', 'Cases']],
    ['staff', '/', []],
    ['doctor', '/', []],
    ['admin', '/', ['Audit log', 'People', 'API keys', 'Status']],
  ])('%s', async (person, path, links) => {
    const page = await browsing.demoSignedIn(person);
    await expect.poll(() => new URL(page.url()).pathname).toBe(path);
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual(links);
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
});

test('a page below the first is opened after sign-in, and again after a reload', async () => {
  const page = await browsing.demoSignedIn('doctor', '/patients/P-1001');
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  await page.reload();
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
});

test('whoever writes the number of a patient in small letters gets to the page of its normal form', async () => {
  const page = await browsing.demoSignedIn('doctor', '/patients/p-1001');
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/patients/P-1001');
});

test('a token that is about to expire is refreshed without a message', async () => {
  const page = await browsing.demoSignedIn('doctor', '/patients/P-1001');
  const age = () =>
    page.evaluate(() => {
      const key = Object.keys(sessionStorage).find((name) => name.startsWith('oidc.user')) ?? '';
      const user = JSON.parse(sessionStorage.getItem(key) ?? '{}');
      sessionStorage.setItem(key, JSON.stringify({ ...user, expires_at: Date.now() / 1000 - 5 }));
      return user.id_token as string;
    });
  const before = await age();
  await page.reload();
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
  expect(await age()).not.toBe(before);
});

test('asks for sign-in again after sign-out', async () => {
  const page = await browsing.demoSignedIn('staff');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.goto('/patients/P-1001');
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('sign-out in one tab signs the same person out in all tabs, and nobody else', async () => {
  const page = await browsing.demoSignedIn('staff');
  const second = await page.context().newPage();
  const third = await page.context().newPage();
  for (const [tab, name] of [
    [second, 'Sam Staff'],
    [third, 'Dana Doctor'],
  ] as const) {
    await tab.goto('/');
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.getByRole('link', { name }).click();
    await tab.getByRole('button', { name: 'Sign out' }).waitFor();
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await second.getByRole('button', { name: 'Sign in' }).waitFor();
  await second.goto('/patients/P-1001');
  await second.getByRole('button', { name: 'Sign in' }).waitFor();
  await third.goto('/patients/P-1001');
  await third.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
});

test('a token that expires without a network is refreshed when the network is back', async () => {
  const page = await browsing.demoSignedIn('doctor', '/patients/P-1001');
  await page.clock.install();
  await page.reload();
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
  await page.route('**/local/token', (route) => route.abort());
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/local/token'));
  await page.clock.fastForward('02:00:00');
  await failed;
  await page.getByRole('heading', { name: 'Patient P-1001' }).waitFor();
  await page.unroute('**/local/token');
  const renewed = page.waitForResponse((response) => response.url().endsWith('/local/token'));
  await page.evaluate('dispatchEvent(new Event("online"))');
  expect((await renewed).status()).toBe(200);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});

test('an unknown page says that it does not exist', async () => {
  const page = await browsing.demoSignedIn('staff', '/nothing/of/the/kind');
  await page.getByText('There is no such page').waitFor();
});
