import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { bits, type FixtureElement, words } from '../fixtures/dicoms.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { CountedActions } from '../support/browser/counted-actions.ts';
import { PATIENT_1 } from '../support/people.ts';
import { useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** A CT whose values in Hounsfield units are the rows on its left half, and the columns on its right half. */
const SIDE = 256;
const SPACING = { rows: 0.8, columns: 0.4 };
const valueAt = (column: number, row: number) => (column < SIDE / 2 ? row : column);
const CT: FixtureElement[] = [
  ...bits(16, 12),
  ['00280010', 'US', [SIDE]],
  ['00280011', 'US', [SIDE]],
  // The window in which each value is its own grey level (PS3.3 C.11.2.1.2.1).
  ['00281050', 'DS', '128'],
  ['00281051', 'DS', '256'],
  ['00281052', 'DS', '-1024'],
  ['00281053', 'DS', '1'],
  [
    '7FE00010',
    'OW',
    words(
      ...Array.from(
        { length: SIDE * SIDE },
        (_value, at) => valueAt(at % SIDE, Math.floor(at / SIDE)) + 1024,
      ),
    ),
  ],
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
  return { page, stored, path, doctor, ...uids };
}

const annotate = (page: Page) => page.getByRole('button', { name: /^Annotate/ });
const tool = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'What to draw' }).getByRole('button', { name, exact: true });
/** Chooses what to draw, and waits until the page can take the first point. */
async function choose(page: Page, name: string) {
  await tool(page, name).click();
  await page.getByRole('application').waitFor();
}
const list = (page: Page) => page.getByRole('list', { name: 'Annotations' });
const spacing = `${SPACING.rows}\\${SPACING.columns}`;
type Points = [number, number][];

/** The grey level that the canvas has at a point of the page. */
const greyAt = (page: Page, x: number, y: number): Promise<number> =>
  page.locator('.stage-canvas canvas').evaluate(
    (canvas, [x, y]) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      const scale = Number(Reflect.get(canvas, 'width')) / width;
      const context = Reflect.get(canvas, 'getContext').call(canvas, '2d');
      return context.getImageData(Math.floor((x - left) * scale), Math.floor((y - top) * scale), 1, 1)
        .data[0];
    },
    [x, y] as const,
  );

/** A point of the page, by parts of the stage. */
async function pointAt(page: Page, [x, y]: readonly [number, number]) {
  const box = await page.locator('.stage-canvas').boundingBox();
  if (!box) throw new Error('expected a stage');
  return [Math.round(box.x + x * box.width), Math.round(box.y + y * box.height)] as const;
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  await page.mouse.move(...(await pointAt(page, from)));
  await page.mouse.down();
  await page.mouse.move(...(await pointAt(page, to)), { steps: 4 });
  await page.mouse.up();
}
const LEFT = [0.45, 0.3] as const;
const RIGHT = [0.55, 0.7] as const;

test('A length on a CT takes three actions, and is the distance of its pixels by their spacing', async () => {
  const { page } = await opened([['00280030', 'DS', spacing]]);
  const actions = new CountedActions(page);
  await actions.click(annotate(page));
  await actions.click(tool(page, 'Length'));
  await page.getByRole('application').waitFor();
  const corner = (number: number) => page.locator('.stage-corners p').nth(number);
  await actions.drag(corner(0), corner(3));
  await list(page)
    .getByRole('button', { name: /^1 · Length · [\d.]+ mm$/ })
    .waitFor();
  expect(actions.count).toBeLessThanOrEqual(4);
});

test('A point is stored at the pixel that is drawn below it, and a length is measured by the spacing', async () => {
  const { page, stored } = await opened([['00280030', 'DS', spacing]]);
  await annotate(page).click();
  await choose(page, 'Length');
  const row = await greyAt(page, ...(await pointAt(page, LEFT)));
  const column = await greyAt(page, ...(await pointAt(page, RIGHT)));
  await drag(page, LEFT, RIGHT);
  const entry = list(page).getByRole('button', { name: /^1 · Length/ });
  await entry.waitFor();
  const [{ shape }] = await stored();
  const [[fromX, fromY], [toX, toY]] = shape.points as [Points[0], Points[0]];
  expect(fromX).toBeLessThan(SIDE / 2);
  expect(toX).toBeGreaterThan(SIDE / 2);
  expect(Math.abs(row + 0.5 - fromY)).toBeLessThan(1.1);
  expect(Math.abs(column + 0.5 - toX)).toBeLessThan(1.1);
  const expected = Math.hypot((toX - fromX) * SPACING.columns, (toY - fromY) * SPACING.rows);
  const shown = Number(/([\d.]+) mm$/.exec(await entry.innerText())?.[1]);
  expect(Math.abs(shown / expected - 1)).toBeLessThan(0.001);
});

test('An ellipse has the mean, extremes and deviation of the values within, and the pointer tells the value below it', async () => {
  const { page, stored } = await opened([['00280030', 'DS', spacing]]);
  await annotate(page).click();
  await choose(page, 'Ellipse');
  await drag(page, [0.52, 0.4], [0.55, 0.6]);
  const entry = list(page).getByRole('button', { name: /^1 · Ellipse/ });
  await entry.waitFor();
  const [{ shape }] = await stored();
  const xs = (shape.points as Points).map(([x]) => x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [, mean, min, max] =
    / mm² · mean ([\d.]+) HU, SD [\d.]+, (\d+) to (\d+), \d+ pixels$/.exec(await entry.innerText()) ?? [];
  expect(Math.abs(Number(mean) + 0.5 - (left + right) / 2)).toBeLessThan(0.2);
  expect(Math.abs(Number(min) - left)).toBeLessThan(1);
  expect(Math.abs(Number(max) + 1 - right)).toBeLessThan(1);

  // While it is moved, it has its area only; at its new place, the values of that.
  await page.mouse.move(...(await pointAt(page, [0.535, 0.5])));
  await page.mouse.down();
  await page.mouse.move(...(await pointAt(page, [0.56, 0.5])), { steps: 4 });
  await list(page)
    .getByRole('button', { name: /^1 · Ellipse · [\d.,]+ mm²$/ })
    .waitFor();
  await page.mouse.up();
  await expect
    .poll(async () => Number(/ mean ([\d.]+) HU/.exec(await entry.innerText())?.[1]))
    .toBeGreaterThan(Number(mean) + 2);

  const place = await pointAt(page, [0.55, 0.3]);
  await page.mouse.move(...place);
  const grey = await greyAt(page, ...place);
  await page.getByText(new RegExp(`^(${grey - 1}|${grey}|${grey + 1}) HU at column`)).waitFor();
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

test('A length on an ultrasound image is in millimetres within its region of tissue, and in pixels elsewhere', async () => {
  const left: FixtureElement[] = [
    ['00186012', 'US', [1]],
    ['00186018', 'UL', [0]],
    ['0018601A', 'UL', [0]],
    ['0018601C', 'UL', [SIDE / 2]],
    ['0018601E', 'UL', [SIDE]],
    ['00186024', 'US', [3]],
    ['00186026', 'US', [3]],
    ['0018602C', 'FD', [0.02]],
    ['0018602E', 'FD', [0.02]],
  ];
  const { page, stored } = await opened([
    ['00186011', 'SQ', [left]],
    ['00280030', 'DS', spacing],
  ]);
  await annotate(page).click();
  await page.getByText('within a calibrated region of the ultrasound image').waitFor();
  await choose(page, 'Length');
  await drag(page, [0.45, 0.3], [0.45, 0.7]);
  const within = list(page).getByRole('button', { name: /^1 · Length · [\d.]+ mm$/ });
  await within.waitFor();
  const [{ shape }] = await stored();
  const [[, top], [, bottom]] = shape.points as [Points[0], Points[0]];
  expect(Number(/([\d.]+) mm$/.exec(await within.innerText())?.[1]) / (bottom - top)).toBeCloseTo(0.2, 3);
  await choose(page, 'Length');
  await drag(page, [0.45, 0.3], [0.55, 0.3]);
  await list(page)
    .getByRole('button', { name: /^2 · Length · [\d.]+ px$/ })
    .waitFor();
});

test('A length on a frame is moved by its points, and neither the window nor the frame changes', async () => {
  const { page, stored } = await opened([['00280030', 'DS', spacing]]);
  await annotate(page).click();
  await choose(page, 'Length');
  await drag(page, LEFT, RIGHT);
  const entry = list(page).getByRole('button', { name: /^1 · Length/ });
  await entry.waitFor();
  const [{ shape: drawn }] = await stored();
  const grey = await greyAt(page, ...(await pointAt(page, [0.5, 0.4])));
  await drag(page, RIGHT, [0.5, 0.8]);
  await page.getByText('Shape changed: Length').waitFor();
  const [{ shape }] = await stored();
  expect(shape.points[0]).toEqual(drawn.points[0]);
  expect(shape.points[1][0]).toBeLessThan(drawn.points[1][0]);
  expect(shape.points[1][1]).toBeGreaterThan(drawn.points[1][1]);
  expect(await greyAt(page, ...(await pointAt(page, [0.5, 0.4])))).toBe(grey);
  await page.getByRole('button', { name: 'Move point 1' }).press('Shift+ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await stored())[0].version).toBe(3);
  expect(await faultsOf(page)).toEqual([]);
});

/** All values of an attribute, wherever it is in a data set of DICOM JSON. */
const valuesOf = (item: unknown, tag: string): unknown[] =>
  typeof item !== 'object' || item === null
    ? []
    : Object.entries(item).flatMap(([key, value]) =>
        key === tag ? [value.Value] : valuesOf(value?.Value ?? value, tag),
      );

test('A length becomes a report in a series of its own, by keyboard, and a second one when it has changed', async () => {
  const startedAt = new Date().toISOString();
  const { page, stored, doctor, study } = await opened([['00280030', 'DS', spacing]]);
  await annotate(page).click();
  await page.getByText('No annotations yet').waitFor();
  expect(await page.getByRole('button', { name: 'Save as DICOM report' }).count()).toBe(0);
  await choose(page, 'Length');
  await drag(page, LEFT, RIGHT);
  await list(page)
    .getByRole('button', { name: /^1 · Length/ })
    .waitFor();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Compare with 2024');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await list(page).getByText('Compare with 2024').waitFor();

  const save = async () => {
    await page.getByRole('button', { name: 'Save as DICOM report' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Save annotations as DICOM report' });
    await dialog.getByText('The annotation of this study becomes').waitFor();
    await dialog.getByText('1 note is left out').waitFor();
    await dialog.getByText('The pixels of the images are not square.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save report' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
  };
  const reports = page.getByRole('navigation', { name: 'Series' }).getByRole('button', { name: /^SR/ });
  await save();
  await page.getByText('The report is in the study as a new series.').waitFor();
  await expect.poll(() => reports.count()).toBe(1);
  await save();
  await expect.poll(() => reports.count()).toBe(2);

  const found = await doctor.json('GET', `/dicom-web/studies/${study}/metadata`, 200);
  const ofModality = (modality: string) =>
    found.filter((each: { '00080060': { Value: string[] } }) => each['00080060'].Value[0] === modality);
  const [image] = ofModality('CT');
  const [report, other] = ofModality('SR');
  const [{ shape }] = await stored();
  const [[fromX, fromY], [toX, toY]] = shape.points as [Points[0], Points[0]];
  const [[value]] = valuesOf(report, '0040A30A') as [[number]];
  expect(value).toBeCloseTo(Math.hypot((toX - fromX) * SPACING.columns, (toY - fromY) * SPACING.rows), 4);
  const [points] = valuesOf(report, '00700022') as [number[]];
  expect(points.map((each) => Math.round(each * 100) / 100)).toEqual([fromX, fromY, toX, toY]);
  for (const tag of ['00100020', '00080020', '00080050', '0020000D']) expect(report[tag]).toEqual(image[tag]);
  const uidsOf = (tag: string) => new Set([report, other, image].map((each) => each[tag].Value[0])).size;
  expect([uidsOf('0020000E'), uidsOf('00080018')]).toEqual([3, 3]);

  const admin = await service.as('admin');
  const query = `patient_id=${PATIENT_1}&from=${startedAt}&limit=200`;
  const { events } = await admin.json('GET', `/api/audit?${query}`, 200);
  const ofReport = events.filter((each: object) =>
    JSON.stringify(each).includes(report['00080018'].Value[0]),
  );
  expect(ofReport.map(({ action }: { action: string }) => action)).toContain('store-study-instances');
});

test('A report that is not stored says why, one that waits for the scanner says so, and a patient has no button for it', async () => {
  const { page, path, doctor, study, series, sop } = await opened([['00280030', 'DS', spacing]]);
  const shape = { kind: 'length', points: [LEFT, RIGHT].map(([x, y]) => [x * SIDE, y * SIDE]) };
  await doctor.json('POST', path, 201, { series, instance: sop, shape, text: 'Scar' });
  await page.reload();
  const answers = [
    {
      status: 409,
      json: { '00081198': { vr: 'SQ', Value: [{ '00000902': { vr: 'LO', Value: ['no room'] } }] } },
    },
    { status: 202, json: {} },
  ];
  await page.route(`**/dicom-web/studies/${study}`, (route) => route.fulfill(answers.shift()));
  await annotate(page).click();
  await page.getByRole('button', { name: 'Save as DICOM report' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save annotations as DICOM report' });
  await dialog.getByRole('button', { name: 'Save report' }).click();
  await dialog.getByRole('alert').getByText('no room').waitFor();
  await dialog.getByRole('button', { name: 'Save report' }).click();
  await page.getByText('It is in the study once it is checked for malware.').waitFor();

  const own = await browsing.signedIn('patient-1', `/studies/${study}`);
  await own.getByRole('button', { name: 'Annotations (1)' }).click();
  await list(own).getByText('Scar').waitFor();
  expect(await own.getByRole('button', { name: 'Save as DICOM report' }).count()).toBe(0);
});
