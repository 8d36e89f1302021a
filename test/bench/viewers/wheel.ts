import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { drawnSoFar, untilDrawn } from './watch-canvas.ts';

/** A finger turns fifty notches of a wheel in a second. */
const NOTCH_MS = 20;
/** A wheel that runs freely. */
export const FAST_NOTCH_MS = 10;
/** Of `WheelEvent.wheelDeltaY`. */
const NOTCH_DELTA = 120;
/** After which one sees that the viewer has not come as far as one has turned. */
const LOOK_MS = 400;
const LAST_NOTCHES_MS = 1000;

/** Puts the mouse over the image. */
export const hoverImage = (page: Page) => page.locator('.cornerstone-canvas').first().hover();

/**
 * Turns the wheel over the image until this slice is drawn, one notch for each slice, or until the time is over. Notches that the viewer
 * has not heard are turned again, as a person does.
 */
export async function wheelTo(page: Page, target: number, mostMs: number, notchMs = NOTCH_MS): Promise<void> {
  const end = performance.now() + mostMs;
  const notches: Promise<unknown>[] = [];
  while (performance.now() < end) {
    const reached = (await drawnSoFar(page)).seen.at(-1)?.number ?? 0;
    if (reached >= target) break;
    for (let left = target - reached; left > 0 && performance.now() < end; left--) {
      // The browser answers when the page has heard it: a finger does not wait for that.
      notches.push(page.mouse.wheel(0, NOTCH_DELTA));
      await sleep(notchMs);
    }
    await untilDrawn(page, target, LOOK_MS).catch(() => undefined);
  }
  // A page that is busy hears the last ones late.
  await Promise.race([Promise.allSettled(notches), sleep(LAST_NOTCHES_MS)]);
}
