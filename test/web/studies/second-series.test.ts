import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { newUids } from '../../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../../fixtures/dicoms.ts';
import { faultsOf } from '../../support/browser/axe.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { storeSeries } from '../../support/browser/study-stage.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const FRAME_OF_REFERENCE = '2.25.4711';
/** Axial slices from the origin on, at this distance in millimetres. */
const axial =
  (description: string, distance: number, own: FixtureElement[] = []) =>
  (number: number): FixtureElement[] => [
    ['0008103E', 'LO', description],
    ['00200032', 'DS', `0\\0\\${(number - 1) * distance}`],
    ['00200037', 'DS', '1\\0\\0\\0\\1\\0'],
    ['00200052', 'UI', FRAME_OF_REFERENCE],
    ...own,
  ];

const viewer = (page: Page) => page.getByRole('region', { name: 'Viewer', exact: true });
const second = (page: Page) => page.getByRole('region', { name: 'Second viewer' });
/** Waits until the viewport shows the image at this position of the series. */
const shows = async (stage: Locator, position: string) => {
  await stage.getByText(position, { exact: true }).waitFor();
  await stage.locator('[data-shown]').waitFor();
};
const turnWheel = async (page: Page, stage: Locator, notches: number) => {
  await stage.locator('.stage').hover();
  for (let notch = 0; notch < Math.abs(notches); notch++) await page.mouse.wheel(0, 100 * Math.sign(notches));
};

/** A study of a series with thin slices, and one with slices five times as thick. */
async function storePair() {
  const { study } = newUids();
  const inStudy = (series: string) => ({ study, series });
  const thin = await storeSeries(
    doctor,
    20,
    axial('Thin', 1, [['00200011', 'IS', '1']]),
    inStudy(newUids().series),
  );
  const thick = await storeSeries(
    doctor,
    4,
    axial('Thick', 5, [['00200011', 'IS', '2']]),
    inStudy(newUids().series),
  );
  return { study, thin: thin.series, thick: thick.series };
}

test('A second series is shown beside the first; both are at the same position, by wheel, keys and reload, until they are unlinked', async () => {
  const { study, thick } = await storePair();
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await shows(viewer(page), '1 / 20');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('combobox', { name: 'Second series' }).selectOption(thick);
  await shows(second(page), '1 / 4');
  await page.getByText('Linked by position').waitFor();

  await turnWheel(page, viewer(page), 9);
  await shows(viewer(page), '10 / 20');
  await shows(second(page), '3 / 4');
  await turnWheel(page, second(page), 1);
  await shows(second(page), '4 / 4');
  await shows(viewer(page), '16 / 20');
  // Keys are for the one that was used last.
  await page.keyboard.press('Home');
  await shows(second(page), '1 / 4');
  await shows(viewer(page), '1 / 20');
  await page.keyboard.press('ArrowDown');
  await shows(viewer(page), '6 / 20');

  await expect.poll(() => page.url()).toContain('besideFrame=2');
  await page.reload();
  await shows(viewer(page), '6 / 20');
  await shows(second(page), '2 / 4');
  expect(await faultsOf(page)).toEqual([]);
  const desktop = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 800 });
  const cut = () =>
    page
      .getByRole('main')
      .evaluate((main) => Reflect.get(main, 'scrollWidth') - Reflect.get(main, 'clientWidth'));
  await expect.poll(cut).toBeLessThanOrEqual(0);
  expect(await faultsOf(page)).toEqual([]);
  if (desktop) await page.setViewportSize(desktop);

  await page.getByRole('button', { name: 'Link scrolling' }).click();
  await turnWheel(page, viewer(page), 10);
  await shows(viewer(page), '16 / 20');
  await shows(second(page), '2 / 4');
  await page.getByRole('button', { name: 'Close the second series' }).click();
  await second(page).waitFor({ state: 'detached' });
  await shows(viewer(page), '16 / 20');
  await expect.poll(() => page.url()).not.toContain('beside');
});

test('A prior study of the patient is offered, and is linked by the distance from the images at which it was linked', async () => {
  const { study } = await storePair();
  const prior = await storeSeries(doctor, 30, (number) => [
    ...axial(`Prior of ${study}`, 1)(number),
    ['00080020', 'DA', '20200301'],
    ['00200032', 'DS', `0\\0\\${500 + number}`],
    ['00200052', 'UI', '2.25.4712'],
  ]);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await shows(viewer(page), '1 / 20');
  await page.getByRole('button', { name: 'Compare' }).click();
  const choice = page.getByRole('combobox', { name: 'Second series' });
  await choice.locator('optgroup[label^="2020-03-01"] option').first().waitFor({ state: 'attached' });
  await choice.selectOption(prior.series);
  await shows(second(page), '1 / 30');
  await page.getByText('Linked by position').waitFor();
  await page.getByRole('button', { name: 'Link scrolling' }).click();
  await turnWheel(page, second(page), 8);
  await shows(second(page), '9 / 30');
  await page.getByRole('button', { name: 'Link scrolling' }).click();
  await turnWheel(page, viewer(page), 3);
  await shows(viewer(page), '4 / 20');
  await shows(second(page), '12 / 30');
});

test('Series without parallel planes are linked by image number', async () => {
  const { study } = await storePair();
  const coronal = await storeSeries(
    doctor,
    10,
    (number) => [...axial('Coronal', 1)(number), ['00200037', 'DS', '1\\0\\0\\0\\0\\-1']],
    { study, series: newUids().series },
  );
  const page = await browsing.signedIn('doctor', `/studies/${study}?beside=${coronal.series}`);
  await shows(second(page), '1 / 10');
  await page.getByText('Linked by image number').waitFor();
  await turnWheel(page, viewer(page), 4);
  await shows(viewer(page), '5 / 20');
  await shows(second(page), '5 / 10');
});
