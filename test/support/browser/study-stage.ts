import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { newUids, relatedOf, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import { bits, type FixtureElement, words } from '../../fixtures/dicoms.ts';
import type { Client } from '../service.ts';

/** The sides of the images: so small that each pixel is a large square on the screen. */
export const SIDE = 8;
export const PIXELS = SIDE * SIDE;

/**
 * The page, the list, the series and its pixels load one after the other, the first time from functions with
 * a cold start.
 */
export const POLLING = { timeout: 20_000 };

/** Hounsfield units of a slice, different in each slice. */
export const hounsfield = (number: number) =>
  Array.from({ length: PIXELS }, (_value, at) => -200 + at * 8 + number * 40);

/**
 * The attributes of a CT slice of 12 bits beside its pixels; the stored values are the measured ones plus
 * 1024.
 */
export const ct = (number: number): FixtureElement[] => [
  ...bits(16, 12),
  ['00080005', 'CS', 'ISO_IR 192'],
  ['0008103E', 'LO', 'Thorax 5.0'],
  ['00081030', 'LO', 'CT Thorax'],
  ['00100010', 'PN', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
  ['00200013', 'IS', String(number)],
  ['00281050', 'DS', '40'],
  ['00281051', 'DS', '400'],
  ['00281052', 'DS', '-1024'],
  ['00281053', 'DS', '1'],
];
/** The file of a CT slice. */
export const ctSlice = (uids: Uids, number: number, own: FixtureElement[] = []) =>
  slice(uids, [
    ...ct(number),
    ['7FE00010', 'OW', words(...hounsfield(number).map((value) => value + 1024))],
    ...own,
  ]);

/** The grey levels that PS3.3 C.11.2.1.2.1 defines. */
export const windowed = (values: readonly number[], center: number, width: number) =>
  values.map((value) =>
    Math.round(255 * Math.min(1, Math.max(0, (value - (center - 0.5)) / (width - 1) + 0.5))),
  );

/** Stores files. */
export const store = (client: Client, ...files: Buffer<ArrayBuffer>[]) =>
  client.send('POST', '/dicom-web/studies', relatedOf(files));

/**
 * Stores a series with this number of slices.
 *
 * @param own more attributes of each, or a function of its number
 */
export async function storeSeries(
  client: Client,
  count: number,
  own: FixtureElement[] | ((number: number) => FixtureElement[]) = [],
  { study, series }: Pick<Uids, 'study' | 'series'> = newUids(),
) {
  const uids = Array.from({ length: count }, () => newUids({ study, series }));
  const files = uids.map((each, index) =>
    ctSlice(each, index + 1, typeof own === 'function' ? own(index + 1) : own),
  );
  const answer = await store(client, ...files);
  expect(answer.status, await answer.text()).toBe(200);
  return { study, series, uids };
}

/** The colours in the middle of each pixel of the image on the stage, at its initial zoom and position. */
export const colours = (page: Page): Promise<number[][]> =>
  page.locator('.stage-canvas canvas').evaluate((canvas, side) => {
    const width = Number(Reflect.get(canvas, 'width'));
    const height = Number(Reflect.get(canvas, 'height'));
    const context = Reflect.get(canvas, 'getContext').call(canvas, '2d');
    const square = Math.min(width, height) / side;
    const left = (width - square * side) / 2;
    const top = (height - square * side) / 2;
    return Array.from({ length: side * side }, (_value, at) => {
      const x = left + ((at % side) + 0.5) * square;
      const y = top + (Math.floor(at / side) + 0.5) * square;
      const { data } = context.getImageData(Math.round(x), Math.round(y), 1, 1);
      return [data[0], data[1], data[2]];
    });
  }, SIDE);

/** The largest difference between the drawn and these grey levels. */
export async function distance(page: Page, greys: readonly number[]): Promise<number> {
  const drawn = await colours(page);
  return Math.max(
    ...drawn.flatMap((colour, at) => colour.map((level) => Math.abs(level - (greys[at] ?? Number.NaN)))),
  );
}

/** Waits until these grey levels are drawn; scaling changes them by one level at most. */
export const drawn = (page: Page, greys: readonly number[]) =>
  expect.poll(() => distance(page, greys), POLLING).toBeLessThanOrEqual(2);

/** The middle of the stage. */
export const middle = async (page: Page) => {
  const box = await page.locator('.stage-canvas').boundingBox();
  if (!box) throw new Error('the stage is not to be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
