import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localClientId } from '../../lib/local/template.ts';
import { newUid, relatedOf } from '../fixtures/dicom-uploads.ts';
import { ctSlices, type ViewerStudy } from '../fixtures/viewer-studies.ts';
import { OwnStack } from '../support/own-stack.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';
import { ohifConfig, ohifFolder } from './support/ohif.ts';
import { useViewerPages } from './support/viewer-pages.ts';
import { useViewerServer } from './support/viewer-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ohif-'));
const service = new OwnStack();
const viewer = useViewerServer(() => ({
  folder: ohifFolder(),
  onePage: true,
  files: { '/app-config.js': ohifConfig(service.stack.url, `${service.stack.url}/local`, localClientId) },
}));
const openPage = useViewerPages();

const STUDIES: ViewerStudy[] = Array.from({ length: 30 }, (_value, index) => ({
  study: newUid(),
  name: index === 0 ? 'Andersen^Karen' : `Nielsen^Number${index}`,
  patientId: `P-${2000 + index}`,
  date: `202501${String(index + 1).padStart(2, '0')}`,
  accession: `ACC-${index}`,
}));
const [first] = STUDIES as [ViewerStudy];

beforeAll(async () => {
  const allowedOrigins = [viewer.origin()];
  await service.start({ cdkOut: synthesizeWith({ allowedOrigins }, join(folder, 'cdk.out')) });
  const staff = await service.as('staff');
  await staff.json('POST', '/dicom-web/studies', 200, relatedOf(ctSlices(first, 12)));
  const others = STUDIES.slice(1).flatMap((each) => ctSlices(each, 1));
  await staff.json('POST', '/dicom-web/studies', 200, relatedOf(others));
}, 180_000);
afterAll(async () => {
  await service.end();
  rmSync(folder, { recursive: true });
});

const shoot = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
};

describe('OHIF', () => {
  test('signs a doctor in and lists studies', async () => {
    const { page } = await openPage(viewer.origin(), { viewport: { width: 1400, height: 900 } });
    const urls: string[] = [];
    page.on('request', (request) => urls.push(`${request.method()} ${request.url()}`));
    await page.getByRole('link', { name: 'Dana Doctor' }).click();
    await page.waitForTimeout(8000);
    await shoot(page, 'list');
    console.log(urls.filter((url) => !url.includes(viewer.origin())).join('\n'));
    console.log((await page.locator('body').innerText()).slice(0, 3000));
    await page.goto(`${viewer.origin()}/viewer?StudyInstanceUIDs=${first.study}`);
    await page.waitForTimeout(3000);
    await shoot(page, 'viewer-0');
    if (await page.getByRole('link', { name: 'Dana Doctor' }).count())
      await page.getByRole('link', { name: 'Dana Doctor' }).click();
    await page.waitForTimeout(12000);
    await shoot(page, 'viewer');
    console.log(urls.filter((url) => !url.includes(viewer.origin())).join('\n'));
    expect(urls.length).toBeGreaterThan(0);
  });
});
