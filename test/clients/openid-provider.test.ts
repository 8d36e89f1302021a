import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { OwnStack } from '../support/own-stack.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';
import { OpenIdProvider } from './support/openid-provider.ts';
import { run } from './support/program.ts';
import { useViewerPages } from './support/viewer-pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'openid-provider-'));
const provider = new OpenIdProvider();
const service = new OwnStack();
const openPage = useViewerPages();

beforeAll(async () => {
  await provider.listen();
  const cdkOut = synthesizeWith({ oidc: provider.setting }, join(folder, 'cdk.out'));
  await service.start({ cdkOut });
  provider.register(new URL('/', service.stack.url).href);
}, 120_000);
afterAll(async () => {
  await service.end();
  provider.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page of the service and signs in at the issuer. */
async function signIn(name: string, prompt = 'login'): Promise<Page> {
  provider.grants.length = 0;
  const { page } = await openPage('about:blank');
  // Of the settings of the page, this test has another one.
  await page.route('**/config.json', async (route) => {
    const config = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, prompt } });
  });
  // The sign-in page of this issuer wants a font of the internet.
  await page.route('https://fonts.googleapis.com/**', (route) =>
    route.fulfill({ contentType: 'text/css', body: '' }),
  );
  await page.goto(service.stack.url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[name=login]').fill(name);
  await page.locator('[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

const idToken = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { sessionStorage } = globalThis as unknown as { sessionStorage: Record<string, string> };
    const key = Object.keys(sessionStorage).find((name) => name.startsWith('oidc.user')) ?? '';
    return JSON.parse(sessionStorage[key] ?? '{}').id_token;
  });

describe('People of another issuer', () => {
  test('sign in, stay signed in by a hidden frame where there is no refresh token, and sign out', async () => {
    const page = await signIn('dana');
    const first = await idToken(page);
    await expect
      .poll(() => provider.grants, { timeout: 20_000 })
      .toEqual(['authorization_code', 'authorization_code']);
    await expect.poll(() => idToken(page)).not.toBe(first);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(new URL('/', service.stack.url).href);
  });

  test('stay signed in by a refresh token, where they consent to it', async () => {
    const page = await signIn('paula', 'login consent');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/patients/P-1001');
    await expect
      .poll(() => provider.grants, { timeout: 20_000 })
      .toEqual(['authorization_code', 'refresh_token']);
  });

  test('send files by the command line with their ID token', async () => {
    const token = await idToken(await signIn('dana'));
    const files = mkdtempSync(join(folder, 'cd-'));
    writeFileSync(join(files, 'IM0001'), slice(newUids()));
    const cli = join(import.meta.dirname, '../../bin/negatoscope.ts');
    const env = { NEGATOSCOPE_TOKEN: token, XDG_STATE_HOME: folder };
    const { code, stdout } = await run(process.execPath, [cli, 'push', files, '--url', service.stack.url], {
      env,
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 stored')]);
  });
});
