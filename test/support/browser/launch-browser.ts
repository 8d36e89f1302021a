import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type BrowserServer,
  chromium as driver,
} from 'playwright-core';

/** The usual paths of installed browsers. */
const INSTALLED = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Launches a browser: the one in `CHROME_PATH`, else an installed one, else the one from npm (Linux, x64). */
export const launchBrowser = async (): Promise<Browser> => driver.launch(await launchOptions());

/** Launches a browser for other processes, which connect to its `wsEndpoint`. */
export const launchBrowserServer = async (): Promise<BrowserServer> =>
  driver.launchServer({ ...(await launchOptions()), host: '127.0.0.1' });

/** Launches a browser with a persistent profile in a directory. */
export const launchProfile = async (
  folder: string,
  options?: BrowserContextOptions,
): Promise<BrowserContext> =>
  driver.launchPersistentContext(folder, { ...(await launchOptions()), ...options });

async function launchOptions() {
  const given = process.env.CHROME_PATH;
  if (given && !existsSync(given)) throw new Error(`CHROME_PATH names no file: ${given}`);
  const installed = given ?? INSTALLED.find((file) => existsSync(file));
  if (!installed && process.platform !== 'linux') {
    throw new Error('What looks at the page needs a browser: install Chrome, or name one by CHROME_PATH.');
  }
  return {
    executablePath: installed ?? (await chromium.executablePath()),
    // Without the arguments of the npm package for Lambda: they disable what the tests of the page's policy need.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    headless: true,
  };
}
