import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

/** A new page, and what it has reported as an error. */
export interface ViewerPage {
  page: Page;
  errors: string[];
}

/**
 * Pages of other programs in the browser of the project. None may report an error that its test does not take out.
 *
 * @param stayOpen whether the pages stay open for the following tests, because the program takes long to start
 */
export function useViewerPages({ stayOpen = false } = {}) {
  let browser: Browser;
  let open: ViewerPage[] = [];
  const closeAll = async () => {
    for (const { page } of open) await page.context().close();
    open = [];
  };
  beforeAll(async () => {
    browser = await chromium.connect(inject('browserUrl') ?? '');
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const found = open.flatMap(({ errors }) => errors.splice(0));
    if (!stayOpen) await closeAll();
    expect(found).toEqual([]);
  });
  return async (url: string, options: BrowserContextOptions = {}): Promise<ViewerPage> => {
    const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
    const errors: string[] = [];
    page.setDefaultTimeout(25_000);
    page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    open.push({ page, errors });
    await page.goto(url);
    return { page, errors };
  };
}
