import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser, launchProfile } from '../../bin/launch-browser.ts';
import type { Service } from './service.ts';

export interface WindowOptions extends BrowserContextOptions {
  /** The folder in which an ordinary window keeps what pages store; by default the window is a private one. */
  profile?: string;
}

/** What tests do with a browser. */
export interface Browsing {
  /** A page of its own, as of another computer, on which the person is signed in and sees the path. */
  signedIn(person: string, path?: string, options?: WindowOptions): Promise<Page>;
  /** A page on which nobody is signed in. */
  open(path: string, options?: WindowOptions): Promise<Page>;
}

/** The demo people by the names on the sign-in page. */
const NAMES: Record<string, string> = {
  'patient-1': 'Paula Patient',
  'patient-2': 'Peter Patient',
  staff: 'Sam Staff',
  doctor: 'Dana Doctor',
  admin: 'Alex Admin',
};

/**
 * A browser for the tests of a file. After each test it is sure that no page has asked another host for anything, and
 * that none had an error that nobody caught, or did what its own policy forbids.
 */
export function useBrowser(service: Service): Browsing {
  let browser: Browser;
  let pages: Page[] = [];
  let faults: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const page of pages) await page.context().close();
    pages = [];
    const found = faults;
    faults = [];
    expect(found).toEqual([]);
  });

  const open: Browsing['open'] = async (path, { profile, ...given } = {}) => {
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
    await page.goto(path);
    return page;
  };
  return {
    open,
    signedIn: async (person, path = '/', options) => {
      const page = await open(path, options);
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
    // By its name: only the browser has it.
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
