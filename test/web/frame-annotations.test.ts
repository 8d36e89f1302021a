import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { bits, type FixtureElement, words } from '../fixtures/dicoms.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { CountedActions } from '../support/browser/counted-actions.ts';
import { useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** A CT whose values are its columns in Hounsfield units; its rows are farther apart than its columns. */
const SIDE = 256;
const SPACING = { rows: 0.8, columns: 0.4 };
const CT: FixtureElement[] = [
  ...bits(16, 12),
  ['00280010', 'US', [SIDE]],
  ['00280011', 'US', [SIDE]],
  ['00281052', 'DS', '-1024'],
  ['00281053', 'DS', '1'],
  ['7FE00010', 'OW', words(...Array.from({ length: SIDE * SIDE }, (_value, at) => (at % SIDE) + 1024))],
];

async function opened(own: FixtureElement[]) {
  const doctor = await service.as('doctor');
  const uids = newUids();
  const answer = await doctor.send('POST', '/dicom-web/studies', relatedOf([slice(uids, [...CT, ...own])]));
  expect(answer.status, await answer.text()).toBe(200);
  const page = await browsing.signedIn('doctor', `/studies/${uids.study}`);
  await page.locator('.stage-canvas[data-shown]').waitFor();
  const path = `/api/dicom/studies/${uids.study}/annotations`;
  const stored = async () => (await doctor.json('GET', path, 200)).annotations;
  return { page, stored, path, doctor };
}

const annotate = (page: Page) => page.getByRole('button', { name: /^Annotate/ });
const tool = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'What to draw' }).getByRole('button', { name, exact: true });
const list = (page: Page) => page.getByRole('list', { name: 'Annotations' });
const spacing = `${SPACING.rows}\\${SPACING.columns}`;
type Points = [number, number][];

/** Where the frame is drawn on the page: it fits into the stage, with its pixels as high as they are in the body. */
async function frameBox(page: Page) {
  const box = await page.locator('.stage-canvas').boundingBox();
  if (!box) throw new Error('expected a stage');
  const aspect = SPACING.rows / SPACING.columns;
  const pixel = Math.min(box.width / SIDE, box.height / (SIDE * aspect));
  return {
    left: box.x + (box.width - pixel * SIDE) / 2,
    top: box.y + (box.height - pixel * aspect * SIDE) / 2,
    x: pixel,
    y: pixel * aspect,
  };
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const { left, top, x, y } = await frameBox(page);
  await page.mouse.move(left + from[0] * x, top + from[1] * y);
  await page.mouse.down();
  await page.mouse.move(left + to[0] * x, top + to[1] * y, { steps: 4 });
  await page.mouse.up();
}

test('A length on a CT takes three actions, and is the distance of its pixels by their spacing', async () => {
  const { page, stored } = await opened([['00280030', 'DS', spacing]]);
  const actions = new CountedActions(page);
  await actions.click(annotate(page));
  await actions.click(tool(page, 'Length'));
  const box = await frameBox(page);
  const [from, to] = [page.locator('.stage-corners p').nth(0), page.locator('.stage-corners p').nth(3)];
  await actions.drag(from, to);
  expect(actions.count).toBeLessThanOrEqual(4);

  const entry = list(page).getByRole('button', { name: /^1 · Length/ });
  await entry.waitFor();
  const [{ shape }] = await stored();
  const [[fromX, fromY], [toX, toY]] = shape.points as [Points[0], Points[0]];
  const start = await from.boundingBox();
  const at = {
    x: ((start?.x ?? 0) + (start?.width ?? 0) / 2 - box.left) / box.x,
    y: ((start?.y ?? 0) + (start?.height ?? 0) / 2 - box.top) / box.y,
  };
  expect(Math.abs(fromX - at.x)).toBeLessThan(0.6);
  expect(Math.abs(fromY - at.y)).toBeLessThan(0.6);
  const expected = Math.hypot((toX - fromX) * SPACING.columns, (toY - fromY) * SPACING.rows);
  const shown = Number(/([\d.]+) mm$/.exec(await entry.innerText())?.[1]);
  expect(Math.abs(shown / expected - 1)).toBeLessThan(0.001);
});

test('An ellipse has the mean, extremes and deviation of the values within, and the pointer tells the value below it', async () => {
  const { page } = await opened([['00280030', 'DS', spacing]]);
  await annotate(page).click();
  await tool(page, 'Ellipse').click();
  await drag(page, [100, 100], [140, 140]);
  await list(page)
    .getByText(
      /Ellipse · .* mm² · mean 1(19|20)(\.\d)? HU, SD (9|10)(\.\d)?, (99|100|101) to (138|139|140), 12\d\d pixels/,
    )
    .waitFor();
  const { left, top, x, y } = await frameBox(page);
  await page.mouse.move(left + 50.5 * x, top + 20.5 * y);
  await page.getByText('50 HU at column 51, row 21').waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

test('A projection tells that its lengths are those at the detector', async () => {
  const { page } = await opened([['00181164', 'DS', '0.2\\0.2']]);
  await annotate(page).click();
  await page.getByText('Lengths are those at the detector.').waitFor();
});

test('A file without a spacing has lengths in pixels, and a study has notes', async () => {
  const { page, stored } = await opened([]);
  await annotate(page).click();
  await page.getByText('lengths are in pixels').waitFor();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Compare with 2024');
  await page.getByRole('button', { name: 'Save' }).click();
  await list(page).getByText('Compare with 2024').waitFor();
  await list(page).getByText('Note on the study').waitFor();
  expect((await stored())[0]).toMatchObject({ shape: null, text: 'Compare with 2024' });
});
