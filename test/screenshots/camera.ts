import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';

/** The time that every picture shows, so that a new picture differs only if the page does. */
const NOW = new Date('2025-11-06T09:41:00Z');
const NAMES: Record<string, string> = {
  'patient-1': 'Paula Patient',
  staff: 'Sam Staff',
  doctor: 'Dana Doctor',
  admin: 'Alex Admin',
};

/** The screen sizes of the pictures. */
export const SCREENS = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
export const SCHEMES = ['light', 'dark'] as const;

/** A page before sign-in. */
export async function open(browser: Browser, url: string, path: string): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    viewport: SCREENS.desktop,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.clock.setFixedTime(NOW);
  await page.route(
    ({ pathname }) => pathname.startsWith('/api/'),
    async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const url = new URL(route.request().url());
      // The page asks for the day of its fixed time, and everything was uploaded today.
      if (url.pathname === '/api/uploads') url.searchParams.set('day', new Date().toISOString().slice(0, 10));
      const response = await route.fetch({ url: url.href });
      if (!response.headers()['content-type']?.includes('json')) return route.fulfill({ response });
      return route.fulfill({ response, body: atAFixedTime(await response.text()) });
    },
  );
  await page.goto(path);
  return page;
}

/** A page on which one of the demo users is signed in. */
export async function signedIn(browser: Browser, url: string, person: string, path: string): Promise<Page> {
  const page = await open(browser, url, path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: NAMES[person] }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

/** Maps the times of this run to times before a fixed one, each a while before the next. */
function atAFixedTime(json: string): string {
  let before = 0;
  return json.replaceAll(/"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g, (whole, text: string) => {
    if (Math.abs(Date.parse(text) - Date.now()) > 86_400_000) return whole;
    before += 1;
    return `"${new Date(NOW.getTime() - before * 47_000).toISOString()}"`;
  });
}

/** Captures the page for each screen size and color scheme; yields the name and the bytes of each picture. */
export async function* capture(page: Page, name: string): AsyncGenerator<[name: string, bytes: Buffer]> {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      yield [
        `${name}-${screen}-${colorScheme}`,
        await small(await page.screenshot({ animations: 'disabled', caret: 'hide' })),
      ];
    }
  }
}

/** A4 is 794 × 1123 pixels at 96 dots per inch, and the page leaves 12 mm around. */
const MARGIN = 45;

/** The page as it is printed. */
export async function* capturePrint(page: Page, name: string): AsyncGenerator<[name: string, bytes: Buffer]> {
  await page.setViewportSize({ width: 794 - 2 * MARGIN, height: 1123 - 2 * MARGIN });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  await settled(page);
  const margin = { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: 'white' };
  const sheet = await sharp(await page.screenshot())
    .extend(margin)
    .png()
    .toBuffer();
  yield [`${name}-paper`, await small(sheet)];
}

/** No request is running, and every answer is drawn. */
async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(250);
  await page
    .locator('img')
    .evaluateAll((images) =>
      Promise.allSettled(images.map((image) => Reflect.apply(Reflect.get(image, 'decode'), image, []))),
    );
}

const small = (png: Buffer): Promise<Buffer> => sharp(png).webp({ quality: 78, effort: 6 }).toBuffer();
