import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLocalStack } from '../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { synthesize } from '../../lib/local/synthesis.ts';
import { launchBrowser } from '../support/browser/launch-browser.ts';
import { capture, capturePrint, open, signedIn } from './camera.ts';
import { fillClinic } from './clinic.ts';
import { SCENES } from './scenes.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const PICTURES = path.join(PROJECT, 'docs', 'screenshots');

/** Takes the pictures of `docs/screenshots` again; the named ones, or all. */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !SCENES.some((scene) => scene.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no screen ${unknown}.\nUsage: npm run screenshots [${SCENES.map(({ name }) => name).join('|')} …]`,
    );
  }
  const dataDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-screenshots-'));
  const ends: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })];
  try {
    console.log('building and starting the service');
    const cdkOut = await synthesize({ projectDir: PROJECT, dataDir, verbose: false });
    const stack = await startLocalStack({ cdkOut, port: 0, dataDir, environment: NO_RATE_LIMITS });
    ends.push(() => stack.close());
    console.log('filling it');
    const clinic = await fillClinic(stack);
    const browser = await launchBrowser();
    ends.push(() => browser.close());
    mkdirSync(PICTURES, { recursive: true });
    let bytes = 0;
    for (const scene of SCENES) {
      if (names.length > 0 && !names.includes(scene.name)) continue;
      const page = scene.person
        ? await signedIn(browser, stack.url, scene.person, scene.path)
        : await open(browser, stack.url, scene.path);
      await scene.act?.(page, clinic);
      await scene.shows(page);
      // Their menus appear half a second later.
      await page.locator('.tile-text').first().waitFor({ state: 'detached' });
      const pictures = [
        capture(page, scene.name),
        ...(scene.isPaper ? [capturePrint(page, scene.name)] : []),
      ];
      for (const looked of pictures) {
        for await (const [name, picture] of looked) {
          writeFileSync(path.join(PICTURES, `${name}.webp`), picture);
          bytes += picture.length;
        }
      }
      await page.context().close();
      console.log(scene.name);
    }
    console.log(`${Math.round(bytes / 1000)} kB in ${path.relative(process.cwd(), PICTURES)}`);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

await main();
