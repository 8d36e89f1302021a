import { errors, type Page } from 'playwright-core';

/** More than a page makes; by default, a browser keeps the times of 250 requests (W3C Resource Timing, `setResourceTimingBufferSize`). */
const KEPT_REQUESTS = 10_000;

/** Lets the pages that are opened from now on keep the times of all their requests. */
export const watchFrames = (page: Page) =>
  page.addInitScript((kept) => performance.setResourceTimingBufferSize(kept), KEPT_REQUESTS);

/**
 * Waits until the pixels of the first slices of a numbered series are loaded; returns when, in milliseconds of the page's clock, or
 * undefined if they are not within the time.
 */
export async function framesLoadedAt(
  page: Page,
  count: number,
  timeout: number,
): Promise<number | undefined> {
  const loaded = await page
    .waitForFunction(
      (slices) => {
        const ends = new Map<number, number>();
        for (const entry of performance.getEntriesByType('resource')) {
          const { name, startTime, duration, responseStatus } = entry as typeof entry & {
            responseStatus: number;
          };
          const number = Number(/\.(\d+)\/frames\/1$/.exec(name)?.[1]);
          if (number <= slices && responseStatus === 200 && !ends.has(number))
            ends.set(number, startTime + duration);
        }
        return ends.size === slices && Math.max(...ends.values());
      },
      count,
      { timeout },
    )
    .catch((error: unknown) => {
      if (error instanceof errors.TimeoutError) return undefined;
      throw error;
    });
  return loaded && Number(await loaded.jsonValue());
}
