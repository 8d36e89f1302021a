import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasCorpus } from '../corpus/dicom-files.ts';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { drawnIn, shoot, useOhif } from './support/ohif.ts';

const CORPUS = new URL('../../../shared/data/dicom/', import.meta.url);

const { service, signIn } = useOhif();

/** Stores a file; returns its study. */
async function store(bytes: Buffer<ArrayBuffer>): Promise<string> {
  const staff = await service.as('staff');
  const stored = await staff.json('POST', '/dicom-web/studies', 200, relatedOf([bytes]));
  return /studies\/([\d.]+)/.exec(JSON.stringify(stored))?.[1] ?? '';
}

// Third-party files, which not every machine has.
describe.runIf(hasCorpus)('OHIF draws', () => {
  test.each([
    ['a palette', 'pydicom__pydicom/examples_palette.dcm'],
    ['RGB', 'pydicom__pydicom/examples_rgb_color.dcm'],
    ['30 frames of JPEG in YBR', 'pydicom__pydicom/examples_ybr_color.dcm'],
  ])('%s, in colours', async (title, name) => {
    const study = await store(Buffer.from(readFileSync(new URL(name, CORPUS))));
    const { page } = await signIn(`/viewer?StudyInstanceUIDs=${study}`);
    await page.locator('canvas').first().waitFor();
    await expect.poll(async () => (await drawnIn(page)).coloured, { timeout: 25_000 }).toBeGreaterThan(0.002);
    await shoot(page, title.replaceAll(' ', '-'));
  });

  test.each([
    ['SR', 'dcmjs-org__dcmjs/sample-sr.dcm'],
    ['SEG', 'pydicom__pydicom/liver_1frame.dcm'],
    ['RTSTRUCT', 'pydicom__pydicom/rtstruct.dcm'],
  ])('nothing of %s without its images, and lists it', async (modality, name) => {
    const study = await store(Buffer.from(readFileSync(new URL(name, CORPUS))));
    const { page } = await signIn(`/viewer?StudyInstanceUIDs=${study}`);
    await page.getByText(modality).first().waitFor();
    await shoot(page, modality);
  });
});

describe('OHIF', () => {
  test('hands an encapsulated PDF to the browser, which may show it', async () => {
    const document = pdf();
    const uids = newUids();
    const even = document.length % 2 === 0 ? document : Buffer.concat([document, Buffer.from('\n')]);
    const study = await store(
      slice(uids, [
        ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.104.1'],
        ['00080060', 'CS', 'DOC'],
        ['00420011', 'OB', even],
        ['00420012', 'LO', 'application/pdf'],
      ]),
    );
    const { page, urls } = await signIn(`/viewer?StudyInstanceUIDs=${study}`);
    await page.locator('object[type="application/pdf"]').waitFor({ state: 'attached' });
    const start = await page.locator('object[type="application/pdf"]').evaluate(async (element) => {
      const response = await fetch((element as unknown as { data: string }).data);
      return (await response.text()).slice(0, 5);
    });
    expect(start).toBe('%PDF-');
    await shoot(page, 'pdf');
    expect(urls.filter((url) => /eyJ|token=/.test(url))).toEqual([]);
  });
});
