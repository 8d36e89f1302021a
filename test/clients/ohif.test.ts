import { beforeAll, describe, expect, test } from 'vitest';
import { newUid, relatedOf } from '../fixtures/dicom-uploads.ts';
import { ctSlices, smallSlice, type ViewerStudy } from '../fixtures/viewer-studies.ts';
import { shoot, useOhif } from './support/ohif.ts';

const { service, viewer, openPage, signIn } = useOhif();

const STUDIES: ViewerStudy[] = Array.from({ length: 103 }, (_value, index) => ({
  study: newUid(),
  name: index === 0 ? 'Andersen^Karen' : `Nielsen^Number${index}`,
  patientId: `P-${2000 + index}`,
  date: index === 0 ? '20240315' : `2025${String(1 + (index % 12)).padStart(2, '0')}10`,
  accession: `ACC-${index}`,
  modality: index === 1 ? 'MR' : 'CT',
}));
const [first] = STUDIES as [ViewerStudy];

beforeAll(async () => {
  const staff = await service.as('staff');
  await staff.json('POST', '/dicom-web/studies', 200, relatedOf(ctSlices(first, 12)));
  const others = STUDIES.slice(1).map(smallSlice);
  for (let at = 0; at < others.length; at += 20) {
    await staff.json('POST', '/dicom-web/studies', 200, relatedOf(others.slice(at, at + 20)));
  }
}, 120_000);

describe('OHIF', () => {
  test('signs a doctor in, finds a study by name, and has no token in a URL', async () => {
    const { page, urls } = await signIn();
    /** The rows after the one with the fields of the search. */
    const rows = async () => (await page.locator('tbody tr').allInnerTexts()).slice(1);
    const field = (index: number) => page.locator('thead input, tbody input').nth(index);
    const finds = async (...names: string[]) => {
      await expect
        .poll(async () => (await rows()).map((row) => row.split('\n')[0]?.trim()), { timeout: 20_000 })
        .toEqual(names);
      await page.getByText('Reset', { exact: true }).click();
      await page.getByText('1-50 of 101').waitFor();
    };
    await page.getByText('1-50 of 101').waitFor();
    await shoot(page, 'list');
    await field(0).fill('andersen');
    await finds('Andersen, Karen');
    expect(urls.filter((url) => /eyJ|token=/.test(url))).toEqual([]);
  });

  test('shows slices and their thumbnail, and scrolls', async () => {
    const { page, urls } = await signIn(`/viewer?StudyInstanceUIDs=${first.study}`);
    await page.getByText('1/12').first().waitFor();
    await shoot(page, 'slice-1');
    await page.locator('canvas').first().hover();
    await page.mouse.wheel(0, 120);
    await page.getByText('2/12').first().waitFor();
    await shoot(page, 'slice-2');
    expect(urls.some((url) => url.includes('/thumbnail'))).toBe(true);
  });

  test('opens a study by the link in the page of the service', async () => {
    const { page } = await openPage('about:blank');
    await page.goto(`${service.stack.url}/studies/${first.study}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Dana Doctor' }).click();
    const link = page.getByRole('link', { name: 'Open in OHIF' });
    expect(await link.getAttribute('href')).toBe(
      `${viewer.origin()}/viewer?StudyInstanceUIDs=${first.study}`,
    );
  });
});
