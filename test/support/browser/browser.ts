import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { localClientId } from '../../../lib/local/template.ts';
import type { Service } from '../service.ts';
import { launchBrowser, launchProfile } from './launch-browser.ts';

export interface WindowOptions extends BrowserContextOptions {
  /** The directory of a persistent browser profile; by default the window is private. */
  profile?: string;
}

/** The browser operations of tests. */
export interface Browsing {
  /** Opens a page in a new context, as on another computer, with the user signed in. */
  signedIn(person: string, path?: string, options?: WindowOptions): Promise<Page>;
  /** The same for a demo user, who signs in on the sign-in page. */
  demoSignedIn(person: string, path?: string): Promise<Page>;
  /** Signs the user in on a page that is still empty. */
  signIn(page: Page, person: string): Promise<void>;
  /** Opens a page without a signed-in user. */
  open(path: string, options?: WindowOptions): Promise<Page>;
}

/** The properties of the window in a page's scripts. */
interface Window {
  location: { origin: string };
  sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

/** The demo users by their names on the sign-in page. */
const NAMES: Record<string, string> = {
  'patient-1': 'Paula Patient',
  'patient-2': 'Peter Patient',
  staff: 'Sam Staff',
  doctor: 'Dana Doctor',
  admin: 'Alex Admin',
};

/**
 * A browser for the tests of a file: in the project `web` the one that all files share. After each test it checks that
 * no page sent a request to another host, had an uncaught error, or violated its content security policy.
 */
export function useBrowser(service: Service): Browsing {
  let browser: Browser;
  let pages: Page[] = [];
  let faults: string[] = [];
  beforeAll(async () => {
    const server = inject('browserUrl');
    browser = await (server ? chromium.connect(server) : launchBrowser());
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const page of pages) await page.context().close();
    pages = [];
    const found = faults;
    faults = [];
    expect(found).toEqual([]);
  });

  const openEmpty = async ({ profile, ...given }: WindowOptions = {}): Promise<Page> => {
    const options = { baseURL: service.stack.url, locale: 'en-GB', ...given };
    const context = await (profile ? launchProfile(profile, options) : browser.newContext(options));
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    pages.push(page);
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Warning:/.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      const { url, s3Endpoint } = service.stack;
      if (/^(https?|wss?):$/.test(protocol) && ![url, s3Endpoint].some((own) => new URL(own).host === host)) {
        faults.push(`asked ${host}`);
      }
    });
    return page;
  };
  const open: Browsing['open'] = async (path, options) => {
    const page = await openEmpty(options);
    await page.goto(path);
    return page;
  };
  const signIn: Browsing['signIn'] = async (page, person) => {
    const { url, token } = service.stack;
    const idToken = await token(person);
    const user = {
      id_token: idToken,
      access_token: idToken,
      token_type: 'Bearer',
      scope: 'openid',
      profile: JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()),
      expires_at: Math.floor(Date.now() / 1000) + 3600,
    };
    const item = { origin: url, key: `oidc.user:${url}/local:${localClientId}`, user: JSON.stringify(user) };
    // Only once: the user may sign out on this page.
    await page.addInitScript(({ origin, key, user }) => {
      const { location, sessionStorage } = globalThis as unknown as Window;
      if (location.origin !== origin || sessionStorage.getItem('signed-in-once')) return;
      sessionStorage.setItem('signed-in-once', 'yes');
      sessionStorage.setItem(key, user);
    }, item);
  };
  return {
    open,
    signIn,
    signedIn: async (person, path = '/', options) => {
      const page = await openEmpty(options);
      await signIn(page, person);
      await page.goto(path);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      return page;
    },
    demoSignedIn: async (person, path = '/') => {
      const page = await open(path);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: NAMES[person] }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      return page;
    },
  };
}

/** Drops files onto the page's drop zone, as from a folder. */
export async function drop(
  page: Page,
  files: readonly { name: string; bytes: Uint8Array; type: string }[],
): Promise<void> {
  const listed = files.map(({ name, bytes, type }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  const transfer = await page.evaluateHandle<unknown, typeof listed>((given) => {
    // By its name, because only the browser has it.
    const DataTransfer: new () => { items: { add(file: File): void } } = Reflect.get(
      globalThis,
      'DataTransfer',
    );
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    return data;
  }, listed);
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await page.locator('.drop-zone').dispatchEvent(event, { dataTransfer: transfer });
  }
}
