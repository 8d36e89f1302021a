import type { Browser, Page } from 'playwright-core';
import type { NumberedSeries } from './numbered-series.ts';
import { watchCanvas } from './watch-canvas.ts';
import { watchFrames } from './watch-frames.ts';

/** A viewer in the browser, as a person uses it. */
export interface Viewer {
  /** The address of what lists the studies. */
  list: string;
  studyUrl(series: NumberedSeries): string;
  /** Signs the demo doctor in, where nobody is yet. */
  signIn(page: Page): Promise<void>;
  /** From the list, up to the click that opens the study. */
  openStudy(page: Page, series: NumberedSeries): Promise<void>;
  /** Loads each slice, also those that it does not draw. */
  loadsAll?: true;
}

const chooseDoctor = (page: Page) => page.getByRole('link', { name: 'Dana Doctor' }).click();

/** The page of the service. */
export const ownViewer = (url: string, patientId: string): Viewer => ({
  list: `${url}/patients/${patientId}`,
  studyUrl: ({ study }) => `${url}/studies/${study}`,
  signIn: async (page) => {
    await page.getByRole('button', { name: 'Sign in' }).click();
    await chooseDoctor(page);
  },
  openStudy: async (page, { study }) => {
    const link = page.locator(`a[href="/studies/${study}"]`);
    await page.locator('details', { has: link }).locator('summary').click();
    await link.click();
  },
});

/** OHIF at its address, configured by `docs/ohif.md`. */
export const ohifViewer = (url: string): Viewer => ({
  list: url,
  studyUrl: ({ study }) => `${url}/viewer?StudyInstanceUIDs=${study}`,
  signIn: chooseDoctor,
  openStudy: async (page, { count }) => {
    await page.locator('tbody tr', { has: page.getByText(String(count), { exact: true }) }).click();
    await page.getByText('Basic Viewer').last().click();
  },
  loadsAll: true,
});

/** OHIF with a DICOMweb server that lets everybody in. */
export const openOhifViewer = (url: string): Viewer => ({ ...ohifViewer(url), signIn: async () => {} });

/** Passes a page of a browser that has cached nothing to the work. */
export async function withNewPage<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1800, height: 1000 },
    // That of OHIF loads a library from the internet.
    serviceWorkers: 'block',
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    // The tour of newcomers covers the viewer.
    await page.addLocatorHandler(page.getByText('Skip all'), (skip) => skip.click());
    await watchCanvas(page);
    await watchFrames(page);
    return await work(page);
  } finally {
    await context.close();
  }
}
