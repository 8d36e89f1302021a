import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  annotate,
  list,
  marks,
  onePhoto,
  placeOver,
  shownPhoto,
} from '../../support/browser/annotated-photo.ts';
import { faultsOf } from '../../support/browser/axe.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

type Points = [number, number][];

/** A photograph with a line, which is chosen. */
async function oneLine(user = 'doctor') {
  const made = await onePhoto(service);
  const { width, height } = await made.doctor.json('GET', `/api/images/${made.id}`, 200);
  const at = ([x, y]: readonly [number, number]): [number, number] => [x * width, y * height];
  const shape = { kind: 'length', points: [at([0.25, 0.5]), at([0.75, 0.5])] };
  const line = await made.doctor.json('POST', made.path, 201, { shape, text: 'Ulcer' });
  const page = await shownPhoto(browsing, user, made.patient);
  await annotate(page).click();
  await list(page)
    .getByRole('button', { name: /^1 · Length/ })
    .click();
  /** The points of the stored shape, in parts of the picture. */
  const points = async (): Promise<Points> => {
    const [{ shape }] = await made.stored();
    return shape.points.map(([x, y]: [number, number]) => [x / width, y / height]);
  };
  const change = (changes: object) =>
    made.doctor.json('PUT', `${made.path}/${line.id}`, 200, {
      shape,
      text: 'Ulcer',
      link: null,
      version: 1,
      ...changes,
    });
  return { ...made, page, points, change, at };
}
const handle = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const END = 'Move point 2';
const undone = (page: Page) => page.getByRole('button', { name: 'Undo', exact: true });
/** Presses a place of the picture, and moves the pointer to another one. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  await page.mouse.move(...(await placeOver(page, from)));
  await page.mouse.down();
  await page.mouse.move(...(await placeOver(page, to)), { steps: 5 });
}

test('A point is dragged by the mouse, the measure follows it, and it is stored as a new version that can be undone', async () => {
  const { page, points, stored } = await oneLine();
  const title = list(page).getByRole('button', { name: /^1 · Length/ });
  const before = await title.innerText();
  await drag(page, [0.75, 0.5], [0.5, 0.5]);
  await expect.poll(() => title.innerText()).not.toBe(before);
  expect(await marks(page).count()).toBe(2);
  await page.mouse.up();
  await page.getByText('Shape changed: Length').waitFor();
  const [from, to] = await points();
  expect(from).toEqual([0.25, 0.5]);
  expect(to?.[0]).toBeCloseTo(0.5, 2);
  expect(to?.[1]).toBeCloseTo(0.5, 2);
  expect((await stored())[0]).toMatchObject({ version: 2, text: 'Ulcer' });
  expect(await faultsOf(page)).toEqual([]);
  await undone(page).click();
  await expect.poll(points).toEqual([
    [0.25, 0.5],
    [0.75, 0.5],
  ]);
  expect((await stored())[0].version).toBe(3);
});

test('The whole shape is dragged by its line, and Escape puts it back', async () => {
  const { page, points, stored } = await oneLine();
  await drag(page, [0.35, 0.5], [0.4, 0.7]);
  await expect.poll(() => marks(page).count()).toBe(2);
  await page.keyboard.press('Escape');
  await expect.poll(() => marks(page).count()).toBe(1);
  await page.mouse.up();
  await drag(page, [0.35, 0.5], [0.4, 0.6]);
  await page.mouse.up();
  await page.getByText('Shape changed: Length').waitFor();
  const [from, to] = await points();
  expect(from?.[0]).toBeCloseTo(0.3, 2);
  expect(from?.[1]).toBeCloseTo(0.6, 2);
  expect(to?.[0]).toBeCloseTo(0.8, 2);
  expect(to?.[1]).toBeCloseTo(0.6, 2);
  expect((await stored())[0].version).toBe(2);
});

test('A shape is chosen by a press, and only its author and admins can move it', async () => {
  const { page } = await oneLine('staff');
  await list(page)
    .getByRole('button', { name: /^1 · Length/ })
    .click();
  expect(await marks(page).first().getAttribute('class')).not.toContain('chosen');
  await page.mouse.click(...(await placeOver(page, [0.35, 0.5])));
  await expect.poll(() => marks(page).first().getAttribute('class')).toContain('chosen');
  expect(await handle(page, END).count()).toBe(0);
});

test('Arrow keys move a point, with Shift ten times as far; Enter saves, Escape takes it back, and going on saves', async () => {
  const { page, points, stored } = await oneLine();
  await handle(page, END).focus();
  const box = () => handle(page, END).boundingBox();
  const start = await box();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  const moved = await box();
  expect([(moved?.x ?? 0) - (start?.x ?? 0), (moved?.y ?? 0) - (start?.y ?? 0)].map(Math.round)).toEqual([
    10, 1,
  ]);
  await page.keyboard.press('Escape');
  await expect.poll(box).toEqual(start);
  expect((await stored())[0].version).toBe(1);

  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByText('Shape changed: Length').waitFor();
  const [, to] = await points();
  expect(to?.[1]).toBeLessThan(0.5);
  // The whole shape; it is stored when the focus leaves it.
  await handle(page, 'Move the whole shape').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await keys.getByText('Save the moved shape').waitFor();
  await expect.poll(async () => (await stored())[0].version).toBe(3);
  expect((await points())[0]?.[0]).toBeLessThan(0.25);
});

test('If somebody else was faster, both shapes are drawn, and one’s own is stored only on request', async () => {
  const { page, points, change, at, stored } = await oneLine();
  await drag(page, [0.75, 0.5], [0.75, 0.3]);
  const theirs = { kind: 'length', points: [at([0.25, 0.5]), at([0.5, 0.75])] };
  await change({ shape: theirs, text: 'second' });
  await list(page).getByText('second').waitFor();
  await page.mouse.up();
  await page.locator('blockquote', { hasText: 'second' }).waitFor();
  await page.getByText('Theirs is drawn with a dashed line').waitFor();
  expect(await page.locator('.mark.before').count()).toBe(1);
  expect((await points())[1]).toEqual([0.5, 0.75]);
  await page.getByRole('button', { name: 'Save mine instead' }).click();
  await expect.poll(async () => (await points())[1]?.[1]).toBeCloseTo(0.3, 2);
  await expect.poll(() => page.locator('.mark.before').count()).toBe(0);
  expect((await stored())[0].version).toBe(3);
});

test('A shape that could not be sent is kept, also when another image was shown, and put back by Escape', async () => {
  const { page, stored } = await oneLine();
  await page.route('**/annotations/*', (route) => route.abort());
  await drag(page, [0.75, 0.5], [0.75, 0.3]);
  await page.mouse.up();
  await page.getByRole('textbox', { name: 'Text' }).waitFor();
  await page.getByRole('button', { name: 'Close image' }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await expect.poll(() => page.locator('.mark.before').count()).toBe(1);
  await annotate(page).click();
  await page.mouse.click(...(await placeOver(page, [0.35, 0.46])));
  await handle(page, END).focus();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.mark.before').count()).toBe(0);
  expect(await page.getByRole('textbox', { name: 'Text' }).count()).toBe(0);
  expect((await stored())[0].version).toBe(1);
});

test('A shape whose answer was lost is stored once, and saved again is no conflict with oneself', async () => {
  const { page, stored } = await oneLine();
  let isLost = false;
  await page.route('**/annotations/*', async (route) => {
    if (isLost) return route.continue();
    isLost = true;
    await route.fetch();
    await route.abort();
  });
  await drag(page, [0.75, 0.5], [0.75, 0.3]);
  await page.mouse.up();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('textbox', { name: 'Text' }).waitFor({ state: 'detached' });
  expect((await stored())[0].version).toBe(2);
});
