import type { Browser } from 'playwright-core';
import { isOhifInstalled, servedOhifOf } from '../../../clients/support/ohif-files.ts';
import { serveFiles } from '../../../clients/support/serve-files.ts';
import { launchBrowser } from '../../../support/browser/launch-browser.ts';
import { PATIENT } from '../../clinic.ts';
import { importItems } from '../../dicom/import-items.ts';
import { isOrthancInstalled, withOrthanc } from '../../dicom/orthanc.ts';
import { inTurns, median } from '../../measure.ts';
import { atMost, type Bench, headline, type Result, round } from '../../result.ts';
import { withStackProcess } from '../../stack.ts';
import { asDoctor } from '../page-sign-in.ts';
import { putObjects } from '../put-objects.ts';
import { withOhif } from './beside-ohif.ts';
import { itemsOfSeries, type NumberedSeries, objectsOfSeries } from './numbered-series.ts';
import { ohifViewer, openOhifViewer, type Viewer } from './viewer.ts';
import { FAR, opening } from './visits.ts';

const full = {
  series: { study: '2.25.500', patientId: PATIENT, count: 500 },
  openings: 3,
  mostWheelMs: 25_000,
};

const NOTHING_TO_COMPARE: Result = {
  ...headline(Number.NaN, 'ms', Number.NaN),
  aims: [],
  notes: ['OHIF (npm run clients) or Orthanc is not installed: there is nothing to compare'],
  rows: {},
};

/** OHIF with the same series on our DICOMweb and on Orthanc's, in turns. */
export const ohif = async (bench: Bench, size = full): Promise<Result> =>
  isOhifInstalled() && isOrthancInstalled() ? compareOhif(bench, size) : NOTHING_TO_COMPARE;

const compareOhif = async ({ cdkOut, progress }: Bench, size: typeof full): Promise<Result> =>
  withOhif(await cdkOut(), (out, own) =>
    withStackProcess(
      out,
      (dataDir) => importItems(out, dataDir, itemsOfSeries(size.series)),
      async (stack) => {
        if (!own) throw new Error('OHIF is not installed: npm run clients brings it.');
        own.connect(stack.url);
        progress(`ohif: storing ${size.series.count} slices in both`);
        await putObjects(out, stack, objectsOfSeries(size.series));
        const { send } = await asDoctor(stack.url);
        // The first request for the metadata of a series composes them, for all later ones.
        await (await send('GET', `/dicom-web/studies/${size.series.study}/metadata`)).arrayBuffer();
        return withOrthancViewer(size.series, async (orthanc, version) => {
          const browser = await launchBrowser();
          try {
            return await compare(browser, { ours: ohifViewer(own.origin), orthanc }, size, version, progress);
          } finally {
            await browser.close();
          }
        });
      },
    ),
  );

async function withOrthancViewer<T>(
  series: NumberedSeries,
  work: (viewer: Viewer, version: string) => Promise<T>,
): Promise<T> {
  return withOrthanc(async ({ url, version }) => {
    for (const { Body, ContentType } of objectsOfSeries(series)) {
      if (ContentType !== 'application/dicom') continue;
      const { ok, status } = await fetch(`${url}/instances`, {
        method: 'POST',
        body: Body as Buffer<ArrayBuffer>,
      });
      if (!ok) throw new Error(`Orthanc answered ${status} to a slice`);
    }
    const { origin, close } = await serveFiles(() => servedOhifOf(url));
    try {
      return await work(openOhifViewer(origin), version);
    } finally {
      close();
    }
  });
}

async function compare(
  browser: Browser,
  viewers: Record<'ours' | 'orthanc', Viewer>,
  { series, openings, mostWheelMs }: typeof full,
  version: string,
  progress: Bench['progress'],
): Promise<Result> {
  progress(`ohif: ${openings} times a study of ${series.count} slices, on both`);
  const visits = {
    ours: () => opening(browser, viewers.ours, series, mostWheelMs),
    orthanc: () => opening(browser, viewers.orthanc, series, mostWheelMs),
  };
  const opened = await inTurns(openings, visits, (work) => work() as ReturnType<typeof opening>);
  const times = {
    'first slice after the click on its study': 'first',
    [`slice ${FAR} after the first, by the wheel`]: 'far',
  } as const;
  const rows = Object.entries(times).map(([what, name]) => {
    const [ours, orthanc] = [opened.ours, opened.orthanc].map((all) => median(all.map((each) => each[name])));
    return { what, ours: ours ?? Number.NaN, orthanc: orthanc ?? Number.NaN };
  });
  const [, far = { ours: Number.NaN, orthanc: Number.NaN }] = rows;
  return {
    ...headline(far.ours, 'ms', far.orthanc),
    aims: rows.map(({ what, ours, orthanc }) => atMost(`of the ms on Orthanc: ${what}`, ours / orthanc, 1)),
    notes: [
      `OHIF with the same CT slices on our DICOMweb and on that of Orthanc ${version}; medians of ${openings}; the headline is slice ${FAR}; who waits longer than ${mostWheelMs / 1000} s has not reached a slice`,
      'OHIF is at an origin of its own beside our service, over our sign-in; Orthanc is behind the origin of OHIF, and lets everybody in',
      'OHIF draws with WebGL, here without a graphics card',
    ],
    rows: Object.fromEntries(
      rows.map(({ what, ours, orthanc }) => [what, { ms: round(ours), orthancMs: round(orthanc) }]),
    ),
  };
}
