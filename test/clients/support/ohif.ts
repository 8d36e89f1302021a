import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { localClientId } from '../../../lib/local/template.ts';
import { OwnStack } from '../../support/own-stack.ts';
import { synthesizeWith } from '../../support/synthesize-with.ts';
import { programFile } from './program.ts';
import { useViewerPages } from './viewer-pages.ts';
import { useViewerServer } from './viewer-server.ts';

/** The folder of the built viewer. */
const ohifFolder = () => join(programFile('.ohif-3.13.2/index.html'), '..');

const DOCUMENT = join(import.meta.dirname, '..', '..', '..', 'docs', 'ohif.md');

/** The configuration of `docs/ohif.md` with the addresses of this run. */
function ohifConfig(serviceUrl: string, issuer: string, clientId: string): string {
  const [, script] = /```js\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  if (!script) throw new Error('docs/ohif.md has no configuration');
  const own = script
    .replaceAll('https://images.clinic.example', serviceUrl)
    .replace("'https://id.clinic.example'", JSON.stringify(issuer))
    .replace("client_id: 'images'", `client_id: ${JSON.stringify(clientId)}`);
  // The dialog and the tour of newcomers would cover each other.
  return `${own}\nwindow.config.investigationalUseDialog = { option: 'never' };`;
}

/** A service whose `ohifUrl` is a viewer at an origin of its own. */
export function useOhif() {
  const folder = mkdtempSync(join(tmpdir(), 'ohif-'));
  const service = new OwnStack();
  const viewer = useViewerServer(() => ({
    folder: ohifFolder(),
    onePage: true,
    files: { '/app-config.js': ohifConfig(service.stack.url, `${service.stack.url}/local`, localClientId) },
  }));
  const openPage = useViewerPages();
  beforeAll(async () => {
    const cdkOut = synthesizeWith({ ohifUrl: viewer.origin() }, join(folder, 'cdk.out'));
    await service.start({ cdkOut });
  }, 120_000);
  afterAll(async () => {
    await service.end();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page of the viewer as the doctor, past what OHIF tells newcomers. `urls` are those of all requests. */
  const signIn = async (path = '/'): Promise<{ page: Page; urls: string[] }> => {
    const { page } = await openPage('about:blank', { viewport: { width: 1400, height: 900 } });
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.addLocatorHandler(page.getByText('Skip all'), (skip) => skip.click());
    // As at most issuers, the access token is nothing that the API can read.
    await page.route('**/local/token', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), access_token: 'opaque' } });
    });
    await page.goto(path.startsWith('/') ? `${viewer.origin()}${path}` : path);
    await page.getByRole('link', { name: 'Dana Doctor' }).click();
    return { page, urls };
  };
  return { service, viewer, openPage, signIn };
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

/** How much of the drawn image is not black, and how much has a colour, both of 1. */
export const drawnIn = (page: Page): Promise<{ bright: number; coloured: number }> =>
  page
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const canvas = element as unknown as Canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let bright = 0;
      let coloured = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
        if (red + green + blue > 30) bright++;
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 30) coloured++;
      }
      return { bright: bright / (data.length / 4), coloured: coloured / (data.length / 4) };
    });
