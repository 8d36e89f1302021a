import type { Page } from 'playwright-core';

/** Opens a batch on the page of its patient. */
export const openBatch = (page: Page, name = 'Visit') =>
  page.getByRole('button', { name: new RegExp(`^${name}`) }).click();

/** The images of the open batch that are ready. */
export const tiles = (page: Page) => page.locator('.tile[data-status=ready]');

/** How many of their thumbnails are displayed. */
export const drawn = (page: Page) =>
  tiles(page)
    .locator('img')
    .evaluateAll((images) => images.filter((image) => Reflect.get(image, 'naturalWidth') > 0).length);
