import type { Page } from 'playwright-core';
import { BITS, SIDE, SQUARE } from './numbered-series.ts';

/** What a page has drawn so far; times are milliseconds of its own clock. */
export interface Drawn {
  /** When each slice was seen first, in the order in which they were seen. */
  seen: { number: number; at: number }[];
  /** When each frame of the screen began. */
  frames: number[];
  /** The last click. */
  clickedAt: number;
}

/**
 * At each frame of the screen, reads in the middle of the viewer's canvas which slice is drawn there. It is the same for every viewer
 * that draws the whole slice as large as it fits.
 */
const WATCH = `(() => {
  const drawn = { seen: [], frames: [], clickedAt: 0 };
  globalThis.drawn = drawn;
  addEventListener('click', () => { drawn.clickedAt = performance.now(); }, true);
  const squares = ${BITS + 2};
  const read = () => {
    const canvas = document.querySelector('.cornerstone-canvas');
    const size = canvas && Math.min(canvas.width, canvas.height) * ${SQUARE / SIDE};
    if (!size) return 0;
    const left = Math.round((canvas.width - squares * size) / 2);
    const { data } = canvas.getContext('2d').getImageData(left, canvas.height >> 1, Math.ceil(squares * size), 1);
    let bits = '';
    for (let at = 0; at < squares; at++) bits += data[4 * Math.round((at + 0.5) * size)] > 127 ? '1' : '0';
    return /^1.*1$/.test(bits) ? Number.parseInt(bits.slice(1, -1), 2) : 0;
  };
  const look = (time) => {
    drawn.frames.push(time);
    const number = read();
    if (number > 0 && drawn.seen.at(-1)?.number !== number) drawn.seen.push({ number, at: performance.now() });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/** Watches what the pages that are opened from now on draw. */
export const watchCanvas = (page: Page) => page.addInitScript(WATCH);

export const drawnSoFar = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'drawn') as Drawn);

/** Waits until this slice, or a later one, is drawn. */
export const untilDrawn = (page: Page, number: number, timeout?: number) =>
  page.waitForFunction(
    (least) => ((Reflect.get(globalThis, 'drawn') as Drawn).seen.at(-1)?.number ?? 0) >= least,
    number,
    { polling: 'raf', ...(timeout !== undefined && { timeout }) },
  );
