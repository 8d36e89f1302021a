import type { Page } from 'playwright-core';
import { asDoctor } from './page-sign-in.ts';

const CATEGORIES = ['posterior', 'anterior'];

/**
 * From the moment of another person's request for a change to the moment in which the page shows it;
 * milliseconds.
 */
export async function updateTimes(page: Page, url: string, batchId: string, changes: number) {
  const { send } = await asDoctor(url);
  const answer = await send('GET', `/api/images?batch_id=${batchId}&limit=${changes + 1}`);
  const { images } = (await answer.json()) as { images: { id: string; original_name: string }[] };
  await page.bringToFront();
  await page
    .locator('.scroller')
    .first()
    .evaluate((element) => Reflect.set(element, 'scrollTop', 0));
  const [first] = images;
  if (!first) throw new Error('the batch has no image');
  const menu = page.getByLabel(`Category of ${first.original_name}`);
  await menu.waitFor();

  const category: number[] = [];
  for (let change = 0; change < changes; change++) {
    const value = CATEGORIES[change % CATEGORIES.length] ?? '';
    const startedAt = performance.now();
    const seen = menu.evaluate(untilValue, value);
    await send('PATCH', `/api/images/${first.id}`, { category: value });
    await seen;
    category.push(performance.now() - startedAt);
  }
  const deleted: number[] = [];
  for (const { id, original_name } of images.slice(1)) {
    const tile = page.getByRole('article', { name: original_name, exact: true });
    await tile.waitFor();
    const startedAt = performance.now();
    const gone = tile.evaluate(untilGone);
    await send('DELETE', `/api/images/${id}`);
    await gone;
    deleted.push(performance.now() - startedAt);
  }
  return { category, deleted, all: [...category, ...deleted] };
}

/** In the page: checks at each frame. */
const untilValue = (element: object, value: string) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (Reflect.get(element, 'value') === value) resolve();
      else Reflect.get(globalThis, 'requestAnimationFrame').call(globalThis, look);
    };
    look();
  });
const untilGone = (element: object) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (!Reflect.get(element, 'isConnected')) resolve();
      else Reflect.get(globalThis, 'requestAnimationFrame').call(globalThis, look);
    };
    look();
  });
