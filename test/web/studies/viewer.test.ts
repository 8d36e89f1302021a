import { beforeAll, describe, expect, test } from 'vitest';
import { useBrowser } from '../../support/browser/browser.ts';
import {
  drawn,
  hounsfield,
  middle,
  POLLING,
  SIDE,
  storeSeries,
  windowed,
} from '../../support/browser/study-stage.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const slice = (number: number) => windowed(hounsfield(number), 40, 400);

/** The slice at another position of its pixels: those of which row and column are computed from its own. */
const moved = (number: number, from: (row: number, column: number) => [row: number, column: number]) =>
  slice(number).map((_grey, at) => {
    const [row, column] = from(Math.floor(at / SIDE), at % SIDE);
    return slice(number)[row * SIDE + column] ?? Number.NaN;
  });
const LAST = SIDE - 1;

describe('The first image is drawn', () => {
  test('before the metadata of the whole series have come, with patient and study; the window stays when they come', async () => {
    const { study } = await storeSeries(doctor, 6);
    const page = await browsing.signedIn('doctor', '/');
    const opens = Promise.withResolvers<void>();
    await page.route(/\/series\/[^/]*\/metadata$/, async (route) => {
      await opens.promise;
      await route.continue();
    });
    await page.goto(`/studies/${study}`);
    await drawn(page, slice(1));
    await page.getByRole('heading', { name: 'Study CT Thorax' }).waitFor();
    await page.locator('.stage-corners').getByText('Yamada Tarou').waitFor();
    await page.getByText('Loading the metadata').waitFor();
    await page.keyboard.press('ArrowDown');
    await drawn(page, slice(2));
    await page.getByRole('combobox', { name: 'Window preset' }).selectOption('Brain');
    await drawn(page, windowed(hounsfield(2), 40, 80));
    opens.resolve();
    await page.getByRole('cell', { name: 'Rescale Intercept (0028,1052)' }).waitFor();
    expect(await page.getByText('Loading the image').count()).toBe(0);
    await drawn(page, windowed(hounsfield(2), 40, 80));
  });

  test('after its study is named, also if the list of its series comes late', async () => {
    const { study } = await storeSeries(doctor, 1);
    const page = await browsing.signedIn('doctor', '/');
    const opens = Promise.withResolvers<void>();
    await page.route(/\/series$/, async (route) => {
      await opens.promise;
      await route.continue();
    });
    await page.goto(`/studies/${study}`);
    await page.getByRole('heading', { name: 'Study CT Thorax' }).waitFor();
    await expect.poll(() => page.title(), POLLING).toContain('CT Thorax');
    opens.resolve();
    await drawn(page, slice(1));
  });
});

describe('Images are loaded ahead', () => {
  test('in the direction of reading, and no more than are near', async () => {
    const { study, uids } = await storeSeries(doctor, 40);
    const page = await browsing.signedIn('doctor', '/');
    const requested = new Set<number>();
    page.on('request', (request) => {
      const uid = /instances\/([^/]*)\/frames\//.exec(request.url())?.[1];
      if (uid) requested.add(uids.findIndex(({ sop }) => sop === uid) + 1);
    });
    await page.goto(`/studies/${study}`);
    await drawn(page, slice(1));
    const first = Array.from({ length: 17 }, (_value, index) => index + 1);
    await expect.poll(() => [...requested].toSorted((a, b) => a - b), POLLING).toEqual(first);
    requested.clear();
    await page.keyboard.press('End');
    await drawn(page, slice(40));
    const last = Array.from({ length: 17 }, (_value, index) => 40 - index);
    await expect.poll(() => [...requested].toSorted((a, b) => b - a), POLLING).toEqual(last);
  });

  test('and one that never comes does not hold up those that are wanted later', async () => {
    const { study, uids } = await storeSeries(doctor, 40);
    const page = await browsing.signedIn('doctor', '/');
    await page.route(`**/instances/${uids[0]?.sop}/frames/**`, () => undefined);
    await page.goto(`/studies/${study}`);
    await page.getByText('Loading the image').waitFor({ state: 'attached' });
    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    for (let notch = 0; notch < 25; notch++) await page.mouse.wheel(0, 100);
    await page.getByText('26 / 40', { exact: true }).waitFor();
    await drawn(page, slice(26));
  });
});

test('A series is played in a loop at the rate of its file, by the button and by the key, and not by itself', async () => {
  const { study } = await storeSeries(doctor, 3, [['00180040', 'IS', '4']]);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await drawn(page, slice(1));
  const rate = page.getByRole('spinbutton', { name: 'Frames per second' });
  await expect.poll(() => rate.inputValue(), POLLING).toBe('4');
  await page.waitForTimeout(600);
  await page.getByText('1 / 3', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Play' }).click();
  for (const position of ['2 / 3', '3 / 3', '1 / 3'])
    await page.getByText(position, { exact: true }).waitFor();
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Play' }).waitFor();
  const paused = await page.locator('.stage-scroll output').textContent();
  await page.waitForTimeout(600);
  expect(await page.locator('.stage-scroll output').textContent()).toBe(paused);

  await rate.fill('30');
  await rate.blur();
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Play' }).waitFor();
  await drawn(page, slice(1));
});

test('An image is rotated and flipped, by buttons and by keys, stays so on the next one, and is reset', async () => {
  const { study } = await storeSeries(doctor, 2);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await drawn(page, slice(1));
  const clockwise = (number: number) => moved(number, (row, column) => [LAST - column, row]);
  await page.getByRole('button', { name: 'Rotate' }).click();
  await drawn(page, clockwise(1));
  await page.keyboard.press('ArrowDown');
  await drawn(page, clockwise(2));
  await page.keyboard.press('f');
  await drawn(
    page,
    moved(2, (row, column) => [column, row]),
  );
  expect(await page.getByRole('button', { name: 'Flip' }).getAttribute('aria-pressed')).toBe('true');
  for (let quarter = 0; quarter < 3; quarter++) await page.keyboard.press('r');
  await drawn(
    page,
    moved(2, (row, column) => [LAST - row, column]),
  );
  await page.getByRole('button', { name: 'Reset' }).click();
  await drawn(page, slice(2));
});

test('A window of the file, the full range, and black on white for activity, are chosen from a list', async () => {
  const { study } = await storeSeries(doctor, 1, [
    ['00080060', 'CS', 'PT'],
    ['00281050', 'DS', '40\\100'],
    ['00281051', 'DS', '400\\200'],
    ['00281055', 'LO', 'NORMAL\\HARDER'],
  ]);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await drawn(page, slice(1));
  const presets = page.getByRole('combobox', { name: 'Window preset' });
  expect(await presets.locator('option').allTextContents()).toEqual([
    'Own window',
    'HARDER',
    'Full range',
    'Full range, inverted',
  ]);
  await presets.selectOption('HARDER');
  await drawn(page, windowed(hounsfield(1), 100, 200));
  await presets.selectOption('Full range, inverted');
  // From the lowest value, -160, to the highest, 344.
  const full = windowed(hounsfield(1), 92.5, 505);
  await drawn(
    page,
    full.map((grey) => 255 - grey),
  );
  expect(await page.getByRole('button', { name: 'Invert' }).getAttribute('aria-pressed')).toBe('true');
  expect(await presets.locator('option:checked').textContent()).toBe('Full range, inverted');
  await presets.selectOption('Full range');
  await drawn(page, full);
});
