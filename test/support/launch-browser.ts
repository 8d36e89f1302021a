import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type BrowserServer,
  chromium as driver,
} from 'playwright-core';

/** Where systems keep a browser that can be driven. */
const INSTALLED = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A browser: the one that `CHROME_PATH` names, else one that is installed, else the one that npm brings (Linux, x64). */
export const launchBrowser = async (): Promise<Browser> => driver.launch(await launchOptions());

/** One for other processes, which connect to its `wsEndpoint`. */
export const launchBrowserServer = async (): Promise<BrowserServer> =>
  driver.launchServer({ ...(await launchOptions()), host: '127.0.0.1' });

/** One whose pages keep things on the disk, in a folder: in the windows of the other all is as in private ones. */
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
    // Not the arguments that the package of npm's has for Lambda: they switch off what the page's policy is tested by.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    headless: true,
  };
}
