import type { Browser, Page } from 'playwright-core';
import type { NumberedSeries } from './numbered-series.ts';
import { type Viewer, withNewPage } from './viewer.ts';
import { type Drawn, drawnSoFar, untilDrawn } from './watch-canvas.ts';
import { framesLoadedAt } from './watch-frames.ts';
import { FAST_NOTCH_MS, hoverImage, wheelTo } from './wheel.ts';

/** The slice that is far on. */
export const FAR = 100;
const REFRESH_MS = 1000 / 60;

/** The times of one visit, in which nothing is cached; milliseconds. */
export interface Opening {
  first: number;
  /** From the first slice to one far on, by the wheel. */
  far: number;
  /** From the click that opens the study until the pixels of all up to that one are loaded; of a viewer that loads all. */
  loaded?: number;
}

/**
 * Opens a study from the list, and turns the wheel.
 *
 * @param mostMs who waits longer for the slice far on, or for all up to it, has not reached it: so long is counted
 */
export const opening = (
  browser: Browser,
  viewer: Viewer,
  series: NumberedSeries,
  mostMs: number,
): Promise<Opening> =>
  withNewPage(browser, async (page) => {
    await page.goto(viewer.list);
    await viewer.signIn(page);
    await viewer.openStudy(page, series);
    await untilDrawn(page, 1);
    const { seen, clickedAt } = await drawnSoFar(page);
    const firstAt = seen[0]?.at ?? Number.NaN;
    const count = Math.min(FAR, series.count);
    const far = await wheeled(page, count, firstAt, mostMs);
    const opened = { first: firstAt - clickedAt, far };
    if (!viewer.loadsAll) return opened;
    const loadedAt = (await framesLoadedAt(page, count, mostMs)) ?? Number.POSITIVE_INFINITY;
    return { ...opened, loaded: Math.min(mostMs, loadedAt - clickedAt) };
  });

/** Turns the wheel to this slice; returns the time until it is drawn, from a time of the page's clock. */
async function wheeled(page: Page, target: number, from: number, mostMs: number): Promise<number> {
  await hoverImage(page);
  await wheelTo(page, target, mostMs);
  const { seen } = await drawnSoFar(page);
  const at = seen.find(({ number }) => number >= target)?.at;
  return Math.min(mostMs, at === undefined ? mostMs : Math.max(0, at - from));
}

const now = (page: Page) => page.evaluate(() => performance.now());

/**
 * From the address of a study, over the sign-in, to its first slice: at the first time, and after that once more in the same browser, by
 * somebody who signs in anew.
 */
export const signIn = (browser: Browser, viewer: Viewer, series: NumberedSeries) =>
  withNewPage(browser, async (page) => {
    const visit = async () => {
      const startedAt = Date.now();
      await page.goto(viewer.studyUrl(series));
      await viewer.signIn(page);
      await untilDrawn(page, 1);
      const firstAt = await page.evaluate(
        () =>
          performance.timeOrigin + ((Reflect.get(globalThis, 'drawn') as Drawn).seen[0]?.at ?? Number.NaN),
      );
      return firstAt - startedAt;
    };
    const cold = await visit();
    await page.evaluate(() => Reflect.get(globalThis, 'sessionStorage').clear());
    await page.goto('about:blank');
    return { cold, warm: await visit() };
  });

/** A scroll through a whole series, and the memory of the page. */
export interface LongScroll {
  /** Of the refreshes of the screen, those without a frame of the page. */
  droppedPercent: number;
  slicesSeen: number;
  reached: number;
  /** The JS heap in the middle of it and at its end, and the bytes of images beside it at the end. */
  middleMb: number;
  endMb: number;
  bytesMb: number;
}

/** Opens a study, and turns the wheel through all of its slices. */
export const longScroll = (
  browser: Browser,
  viewer: Viewer,
  series: NumberedSeries,
  mostMs: number,
): Promise<LongScroll> =>
  withNewPage(browser, async (page) => {
    await page.goto(viewer.studyUrl(series));
    await viewer.signIn(page);
    await untilDrawn(page, 1);
    await hoverImage(page);
    const first = await half(page, series.count / 2, mostMs / 2);
    const second = await half(page, series.count, mostMs / 2);
    const { seen } = await drawnSoFar(page);
    const refreshes = first.refreshes + second.refreshes;
    return {
      droppedPercent: (100 * (first.dropped + second.dropped)) / refreshes,
      slicesSeen: new Set(seen.map(({ number }) => number)).size,
      reached: seen.at(-1)?.number ?? 0,
      middleMb: first.memory.heapMb,
      endMb: second.memory.heapMb,
      bytesMb: second.memory.bytesMb,
    };
  });

async function half(page: Page, target: number, mostMs: number) {
  const from = await now(page);
  await wheelTo(page, target, mostMs, FAST_NOTCH_MS);
  const frames = (await drawnSoFar(page)).frames.filter((at) => at >= from);
  const gaps = frames.slice(1).map((at, index) => Math.round((at - (frames[index] ?? at)) / REFRESH_MS));
  const refreshes = gaps.reduce((sum, gap) => sum + gap, 0);
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, gap - 1), 0);
  return { refreshes, dropped, memory: await memoryOf(page) };
}

/** What the scripts of the page hold, and the bytes of buffers, which the heap does not contain. */
async function memoryOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return { heapMb: usedSize / 1_000_000, bytesMb: backingStorageSize / 1_000_000 };
}
