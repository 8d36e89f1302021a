import { expect, test } from 'vitest';
import {
  annotate,
  choose,
  dragOver,
  list,
  marks,
  onePhoto as photoOf,
  shownPhoto,
  tool,
} from '../support/browser/annotated-photo.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { PATIENT_1 } from '../support/people.ts';
import { useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const onePhoto = (patient?: string) => photoOf(service, patient);
const shown = (user: string, patient: string) => shownPhoto(browsing, user, patient);

test('A length is drawn by a drag, in pixels of the original at any zoom, and in millimetres after a calibration', async () => {
  const { doctor, id, patient, stored } = await onePhoto();
  const { width } = await doctor.json('GET', `/api/images/${id}`, 200);
  const page = await shown('doctor', patient);
  await annotate(page).click();
  await choose(page, 'Length');
  await dragOver(page, [0.25, 0.5], [0.75, 0.5]);
  await list(page)
    .getByRole('button', { name: /^1 · Length · .* px/ })
    .waitFor();
  const [first] = await stored();
  const [[fromX], [toX]] = first.shape.points;
  expect(Math.abs(fromX / width - 0.25)).toBeLessThan(0.01);
  expect(Math.abs(toX / width - 0.75)).toBeLessThan(0.01);
  // It moves with the picture.
  const before = await marks(page).first().boundingBox();
  await page.keyboard.press('+');
  await expect
    .poll(async () => (await marks(page).first().boundingBox())?.width)
    .toBeGreaterThan((before?.width ?? 0) * 1.1);
  await page.keyboard.press('0');
  await expect.poll(async () => (await marks(page).first().boundingBox())?.width).toBe(before?.width);
  await choose(page, 'Calibration');
  await dragOver(page, [0.25, 0.25], [0.5, 0.25]);
  await page.getByLabel('Known length in mm').fill('10');
  await page.getByRole('button', { name: 'Save' }).click();
  await list(page)
    .getByRole('button', { name: /^1 · Length · (19\.9\d?|20|20\.0\d?) mm/ })
    .waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

test('A text is written and removed by keyboard, and its author is beside it', async () => {
  const { patient, stored } = await onePhoto();
  const page = await shown('staff', patient);
  await annotate(page).focus();
  await page.keyboard.press('Enter');
  await tool(page, 'Text').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('application').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Ulcer');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await list(page).getByText('Ulcer').waitFor();
  await expect.poll(() => marks(page).textContent()).toBe('1 · Ulcer');
  await list(page)
    .getByRole('button', { name: /^Remove/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => marks(page).count()).toBe(0);
  expect(await stored()).toEqual([]);
});

test('A shape whose answer was lost is stored once, and saved again makes no second one', async () => {
  const { patient, stored, path } = await onePhoto();
  const page = await shown('doctor', patient);
  let isLost = false;
  await page.route(`**${path}`, async (route) => {
    if (isLost || route.request().method() !== 'POST') return route.continue();
    isLost = true;
    await route.fetch();
    await route.abort();
  });
  await annotate(page).click();
  await choose(page, 'Arrow');
  await dragOver(page, [0.2, 0.2], [0.4, 0.4]);
  await page.getByRole('textbox', { name: 'Text' }).waitFor();
  expect(await stored()).toHaveLength(1);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('textbox', { name: 'Text' }).waitFor({ state: 'detached' });
  expect(await stored()).toHaveLength(1);
  await expect.poll(() => marks(page).count()).toBe(1);
});

test('Two people annotate an image at once: each sees what the other does, and no text is lost', async () => {
  const { patient, stored, path, doctor } = await onePhoto();
  const [one, other] = [await shown('doctor', patient), await shown('admin', patient)];
  for (const page of [one, other]) {
    await annotate(page).click();
    await choose(page, 'Arrow');
  }
  await Promise.all([dragOver(one, [0.2, 0.2], [0.4, 0.4]), dragOver(other, [0.8, 0.8], [0.6, 0.6])]);
  for (const page of [one, other]) await expect.poll(() => marks(page).count()).toBe(2);

  const own = (await stored()).find(({ author }: { author: { name: string } }) => /Dana/.test(author.name));
  await doctor.json('PUT', `${path}/${own.id}`, 200, { ...contentOf(own), text: 'first' });
  for (const page of [one, other]) await list(page).getByText('first').waitFor();
  const mine = list(one).getByRole('listitem').filter({ hasText: 'first' });
  await mine.getByRole('button', { name: /^Change/ }).click();
  await doctor.json('PUT', `${path}/${own.id}`, 200, { ...contentOf(own), version: 2, text: 'second' });
  await one.getByRole('textbox', { name: 'Text' }).fill('mine');
  await one.getByRole('button', { name: 'Save' }).click();
  await one.getByText('Your text is still in the field').waitFor();
  await one.locator('blockquote', { hasText: 'second' }).waitFor();
  expect(await one.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('mine');
  await one.getByRole('button', { name: 'Save mine instead' }).click();
  for (const page of [one, other]) await page.locator('.annotation-text', { hasText: 'mine' }).waitFor();
  await other.getByRole('button', { name: /^Earlier versions/ }).click();
  const versions = other.getByRole('list', { name: 'Earlier versions' });
  await expect.poll(() => versions.getByRole('listitem').count()).toBe(3);
  expect(await versions.innerText()).toMatch(/second[\s\S]*first/);
});
const contentOf = ({ shape, link, version }: Record<string, unknown>) => ({ shape, link, version });

test('A patient reads what is written, and changes nothing', async () => {
  const { doctor, path } = await onePhoto(PATIENT_1);
  await doctor.json('POST', path, 201, {
    shape: {
      kind: 'arrow',
      points: [
        [10, 10],
        [100, 100],
      ],
    },
    text: 'Here',
  });
  const page = await shown('patient-1', PATIENT_1);
  await page.getByRole('button', { name: 'Annotations (1)' }).click();
  await list(page).getByText('Here').waitFor();
  expect(await marks(page).count()).toBe(1);
  expect(await page.getByRole('button', { name: /Annotate|Change:|Remove:|Earlier|note/ }).count()).toBe(0);
});

test('A shape stays on its place of the body when the picture is edited, and one on the edited picture is stored as on the original', async () => {
  const { doctor, id, patient, path, stored } = await onePhoto();
  const { width, height } = await doctor.json('GET', `/api/images/${id}`, 200);
  const steps = { quarterTurns: 1, isFlipped: false, crop: { left: 0, top: 0, width: 0.5, height: 1 } };
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps, version: 0 });
  // In the lower left quarter: upright, turned clockwise and cut, it is in the middle of what is left.
  const points = [
    [0, height * 0.75],
    [width, height * 0.75],
  ];
  await doctor.json('POST', path, 201, { shape: { kind: 'length', points } });
  const page = await shown('doctor', patient);
  const line = page.locator('.mark-line');
  await line.waitFor();
  const picture = await page.locator('.viewer-stage > img').boundingBox();
  const drawn = await line.boundingBox();
  const middle = (picture?.x ?? 0) + (picture?.width ?? 0) / 2;
  expect(Math.abs((drawn?.x ?? 0) + (drawn?.width ?? 0) / 2 - middle)).toBeLessThan(3);
  expect(drawn?.height).toBeGreaterThan(drawn?.width ?? Number.NaN);

  await annotate(page).click();
  await choose(page, 'Arrow');
  await dragOver(page, [0.25, 0.25], [0.75, 0.75]);
  await expect.poll(async () => (await stored()).length).toBe(2);
  const [[fromX, fromY], [toX, toY]] = (await stored())[1].shape.points;
  expect(fromX / width).toBeCloseTo(0.25, 1);
  expect(fromY / height).toBeCloseTo(0.875, 1);
  expect(toX / width).toBeCloseTo(0.75, 1);
  expect(toY / height).toBeCloseTo(0.625, 1);
});

test('Notes on a batch and on an image have a link to the clinic’s own record, and can be changed', async () => {
  const { patient, batch, doctor, stored } = await onePhoto();
  const page = await shown('doctor', patient);
  await page.getByRole('button', { name: 'Write a note on this batch' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Seen by Dr. Keller');
  await page.getByLabel('Link to your own record').fill('https://records.example/4711');
  await page.getByRole('button', { name: 'Save' }).click();
  const notes = page.getByRole('list', { name: 'Notes on this batch' });
  await notes.getByText('Seen by Dr. Keller').waitFor();
  expect(await notes.getByRole('link').getAttribute('href')).toBe('https://records.example/4711');
  await doctor.json('POST', `/api/batches/${batch}/annotations`, 201, { text: 'By somebody else' });
  await notes.getByText('By somebody else').waitFor();

  await annotate(page).click();
  await page.getByRole('button', { name: 'Write a note', exact: true }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Blurred');
  await page.getByRole('button', { name: 'Save' }).click();
  await list(page).getByText('Blurred').waitFor();
  await list(page).getByRole('button', { name: 'Change: Note' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Sharp enough');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await stored())[0].text).toBe('Sharp enough');
});

test('Each other shape is drawn by the mouse; Escape ends what is begun, and what is hidden comes back', async () => {
  const { patient, stored } = await onePhoto();
  const page = await shown('doctor', patient);
  await annotate(page).click();
  const stage = await page.locator('.viewer-stage').boundingBox();
  const click = (x: number, y: number) =>
    page.mouse.click((stage?.x ?? 0) + (stage?.width ?? 0) / 2 + x, (stage?.y ?? 0) + 80 + y);
  await choose(page, 'Angle');
  await click(60, 0);
  await page.keyboard.press('Escape');
  for (const [x, y] of [
    [60, 0],
    [0, 0],
    [0, 60],
  ] as const)
    await click(x, y);
  await list(page)
    .getByRole('button', { name: /^1 · Angle · 90°$/ })
    .waitFor();
  for (const kind of ['Polygon', 'Area']) {
    await choose(page, kind);
    await click(0, 0);
    await click(60, 0);
    await click(60, 60);
    await click(1, 1);
    await list(page)
      .getByRole('button', { name: new RegExp(`^\\d · ${kind}`) })
      .waitFor();
  }
  await choose(page, 'Freehand line');
  await dragOver(page, [0.3, 0.3], [0.6, 0.4]);
  await list(page).getByRole('button', { name: '4 · Freehand line', exact: true }).waitFor();
  expect((await stored()).map(({ shape }: { shape: { kind: string } }) => shape.kind)).toEqual([
    'angle',
    'polygon',
    'area',
    'freehand',
  ]);
  await page.getByRole('button', { name: 'Hide annotations' }).click();
  expect(await marks(page).count()).toBe(0);
  await page.getByRole('button', { name: 'Hide annotations' }).click();
  expect(await marks(page).count()).toBe(4);
});

test('A text that is not stored yet is still there after the image was closed', async () => {
  const { patient } = await onePhoto();
  const page = await shown('doctor', patient);
  await annotate(page).click();
  await page.getByRole('button', { name: 'Write a note', exact: true }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('Half of a sen');
  await page.getByRole('button', { name: 'Close image' }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await annotate(page).click();
  expect(await page.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('Half of a sen');
});
