import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { OwnStack } from '../../support/own-stack.ts';
import { synthesizeWith } from '../../support/synthesize-with.ts';
import { servedOhif } from './ohif-files.ts';
import { useViewerPages } from './viewer-pages.ts';
import { useViewerServer } from './viewer-server.ts';

/** A service whose `ohifUrl` is a viewer at an origin of its own, and a doctor who has signed in there. */
export function useOhif() {
  const folder = mkdtempSync(join(tmpdir(), 'ohif-'));
  const service = new OwnStack();
  const viewer = useViewerServer(() => servedOhif(service.stack.url));
  const openPage = useViewerPages({ stayOpen: true });
  let page: Page;
  /** Of all requests. */
  const urls: string[] = [];
  beforeAll(async () => {
    const cdkOut = synthesizeWith({ ohifUrl: viewer.origin() }, join(folder, 'cdk.out'));
    await service.start({ cdkOut });
  }, 120_000);
  /** Opens the list of studies as the doctor, which takes seconds: once, after what it lists is stored. */
  const signIn = async () => {
    // So wide that the list of studies has all its columns.
    ({ page } = await openPage('about:blank', { viewport: { width: 1640, height: 640 } }));
    page.on('request', (request) => urls.push(request.url()));
    // It draws volumes without a graphics card, and answers no click meanwhile.
    page.setDefaultTimeout(60_000);
    await page.addLocatorHandler(page.getByText('Skip all'), (skip) => skip.click());
    // As at most issuers, the access token is nothing that the API can read.
    await page.route('**/local/token', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), access_token: 'opaque' } });
    });
    await page.goto(viewer.origin());
    await page.getByRole('link', { name: 'Dana Doctor' }).click();
    await page.getByText('Study List').waitFor();
  };
  afterAll(async () => {
    await service.end();
    rmSync(folder, { recursive: true });
  });

  /** Goes to another path, as the viewer's own links do: it takes seconds to start. */
  const go = (path: string): Promise<unknown> =>
    page.evaluate(
      `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
    );
  return {
    service,
    viewer,
    openPage,
    urls,
    page: () => page,
    signIn,
    openStudy: async (study: string) => {
      // A path that the viewer does not have: so nothing of another study is seen.
      await go('/none');
      await page.getByText('Return to Study List').waitFor();
      await go(`/viewer?StudyInstanceUIDs=${study}`);
    },
  };
}

/** Takes a picture of the page, for people, into the folder that `SHOTS` names. */
export const shoot = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
};

interface Canvas {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

/** Shares of the drawn image, each of 1: what is not black, what has a colour, and what is red, green or blue above all. */
export const drawnIn = (page: Page) =>
  page
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const canvas = element as unknown as Canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const found = { bright: 0, coloured: 0, red: 0, green: 0, blue: 0 };
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
        const share = 4 / data.length;
        if (red + green + blue > 30) found.bright += share;
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 30) found.coloured += share;
        if (red - Math.max(green, blue) > 60) found.red += share;
        if (green - Math.max(red, blue) > 60) found.green += share;
        if (blue - Math.max(red, green) > 60) found.blue += share;
      }
      return found;
    });

/** The colour in the centre of an image or a canvas: red, green, blue. */
export const centreOf = (page: Page, selector: string): Promise<number[]> =>
  page.evaluate(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const { width, height } = element;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(element, 0, 0, width, height);
    return [...context.getImageData(width >> 1, height >> 1, 1, 1).data.subarray(0, 3)];
  })()`);
