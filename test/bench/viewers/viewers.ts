import type { Browser } from 'playwright-core';
import { isOhifInstalled } from '../../clients/support/ohif-files.ts';
import { launchBrowser } from '../../support/browser/launch-browser.ts';
import { PATIENT } from '../clinic.ts';
import { importItems } from '../import-items.ts';
import { inTurns, median } from '../measure.ts';
import { asDoctor } from '../page/page-sign-in.ts';
import { putObjects } from '../put-objects.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { withStackProcess } from '../stack.ts';
import { withOhif, withOhifOnOrthanc } from './beside-ohif.ts';
import { itemsOfSeries, objectsOfSeries, SIDE } from './numbered-series.ts';
import { ohifViewer, ownViewer, type Viewer } from './viewer.ts';
import { FAR, longScroll, opening, signIn } from './visits.ts';

const full = {
  /** The series that is opened, and the one that is scrolled through. */
  series: { study: '2.25.500', patientId: PATIENT, count: 500 },
  longSeries: { study: '2.25.2000', patientId: PATIENT, count: 2000 },
  openings: 3,
  signIns: 1,
  mostWheelMs: 25_000,
  mostScrollMs: 15_000,
};
type Size = typeof full;

const NOTHING_TO_COMPARE: Result = {
  ...headline(Number.NaN, 'ms', Number.NaN),
  aims: [],
  notes: ['OHIF is not installed (npm run clients): there is nothing to compare the viewer with'],
  rows: {},
};

/** Our viewer and OHIF with the same series of our service, and OHIF with it on Orthanc's DICOMweb. */
export async function viewers({ progress }: Bench, size = full): Promise<Result> {
  if (!isOhifInstalled()) return NOTHING_TO_COMPARE;
  const series = [size.series, size.longSeries];
  return withOhif((out, ohif) =>
    withStackProcess(
      out,
      (dataDir) =>
        importItems(
          out,
          dataDir,
          series.flatMap((each) => [...itemsOfSeries(each)]),
        ),
      async (stack) => {
        ohif.connect(stack.url);
        const { send } = await asDoctor(stack.url);
        // Storing the slices by the service would have done it.
        await send('PUT', `/api/patients/${PATIENT}`, { name: { alphabetic: 'Slices^S' } });
        for (const each of series) {
          progress(`viewers: storing ${each.count} slices`);
          await putObjects(out, stack, objectsOfSeries(each));
          // The first request for the metadata of a series composes them, for all later ones.
          await (await send('GET', `/dicom-web/studies/${each.study}/metadata`)).arrayBuffer();
        }
        return withOhifOnOrthanc(size.series, async (onOrthanc) => {
          const browser = await launchBrowser();
          try {
            const ours = { ours: ownViewer(stack.url, PATIENT), ohif: ohifViewer(ohif.origin) };
            const orthanc = onOrthanc && { orthanc: onOrthanc.viewer };
            const measured = await measure(browser, { ...ours, ...orthanc }, size, progress);
            return resultOf(measured, size, onOrthanc?.version);
          } finally {
            await browser.close();
          }
        });
      },
    ),
  );
}

type Viewers = Record<'ours' | 'ohif', Viewer> & { orthanc?: Viewer };
type Name = keyof Viewers;

/** All viewers in turns. */
async function measure(browser: Browser, viewers: Viewers, size: Size, progress: Bench['progress']) {
  const inEach = <T>(rounds: number, those: Partial<Viewers>, visit: (viewer: Viewer) => Promise<T>) => {
    const visits = Object.entries(those).map(([name, viewer]) => [name, () => visit(viewer)]);
    return inTurns<Name, T>(rounds, Object.fromEntries(visits), (work) => work() as Promise<T>);
  };
  const { series, longSeries, openings, signIns, mostWheelMs, mostScrollMs } = size;
  progress(`viewers: ${openings} times a study of ${series.count} slices, in each`);
  const opened = await inEach(openings, viewers, (viewer) => opening(browser, viewer, series, mostWheelMs));
  // Orthanc has no sign-in.
  const { ours, ohif } = viewers;
  progress(`viewers: ${signIns} times two sign-ins, and the same in OHIF`);
  const signedIn = await inEach(signIns, { ours, ohif }, (viewer) => signIn(browser, viewer, series));
  progress(`viewers: a scroll through ${longSeries.count} slices, and the same in OHIF`);
  const scrolled = await inEach(1, { ours, ohif }, (viewer) =>
    longScroll(browser, viewer, longSeries, mostScrollMs),
  );
  return { opened, signedIn, scrolled };
}

type Measured = Awaited<ReturnType<typeof measure>>;
type Medians = Partial<Record<Name, number>>;

/** The median of what a visit says, for each viewer. */
const medians = <T>(visits: Partial<Record<Name, T[]>>, value: (visit: T) => number): Medians =>
  Object.fromEntries(Object.entries(visits).map(([name, each]) => [name, median(each.map(value))]));

const FIRST = 'first slice after the click on its study';
const FAR_ON = `slice ${FAR} after the first, by the wheel`;
const LOADED = `all slices up to ${FAR} loaded, after that click`;

function resultOf({ opened, signedIn, scrolled }: Measured, size: Size, version?: string): Result {
  const first = medians(opened, (visit) => visit.first);
  const { ohif, orthanc = [] } = opened;
  const loaded = medians({ ohif, ...(version && { orthanc }) }, (visit) => visit.loaded ?? Number.NaN);
  const far = medians(opened, (visit) => visit.far);
  const times = {
    [FIRST]: first,
    [FAR_ON]: far,
    'first slice from its address, over the sign-in': medians(signedIn, ({ cold }) => cold),
    'first slice once more, with what is cached': medians(signedIn, ({ warm }) => warm),
  };
  const scrolls = Object.fromEntries(
    Object.keys(scrolled.ours[0] ?? {}).map((name) => [
      `scroll through ${size.longSeries.count} slices: ${name}`,
      medians(scrolled, (scroll) => scroll[name as keyof typeof scroll]),
    ]),
  );
  const { ours: middle = Number.NaN } = medians(scrolled, ({ middleMb }) => middleMb);
  const { ours: end = Number.NaN } = medians(scrolled, ({ endMb }) => endMb);
  return {
    ...headline(first.ours ?? Number.NaN, 'ms', first.ohif ?? Number.NaN),
    aims: [
      ...Object.entries(times).map(([what, each]) =>
        atMost(`of OHIF's ms: ${what}`, ratio(each, 'ours', 'ohif'), 1),
      ),
      atMost(
        "of OHIF's dropped frames: a scroll",
        ratio(
          medians(scrolled, ({ droppedPercent }) => droppedPercent),
          'ours',
          'ohif',
        ),
        1,
      ),
      atMost('of the JS heap in the middle of a scroll, at its end', end / middle, 1.1),
      ...Object.entries(version ? { [FIRST]: first, [FAR_ON]: far, [LOADED]: loaded } : {}).map(
        ([what, each]) =>
          atMost(`OHIF on our DICOMweb, of its ms on Orthanc: ${what}`, ratio(each, 'ohif', 'orthanc'), 1),
      ),
    ],
    notes: [
      `all have the same browser and series of CT slices of ${SIDE}×${SIDE} pixels, in turns; medians of ${size.openings} visits to the study, in which nothing is cached; which slice is drawn is read in the canvas. Who waits longer than ${size.mostWheelMs / 1000} s for slice ${FAR} has not reached it`,
      'OHIF is at an origin of its own beside our service, as docs/ohif.md says, and over our sign-in; it draws with WebGL, here without a graphics card',
      `the more slices a viewer draws on its way to slice ${FAR}, the later it is there; so what a server does is seen in when they are loaded. OHIF loads all of them, our viewer those that it shows and those around`,
      version
        ? `Orthanc ${version} is behind the origin of OHIF, and lets everybody in`
        : 'Orthanc and its DICOMweb plugin are not installed: OHIF was not opened on it',
    ],
    rows: Object.fromEntries(
      Object.entries({ ...times, [LOADED]: loaded, ...scrolls }).map(([what, each]) => [what, rowOf(each)]),
    ),
  };
}

const ratio = (figures: Medians, one: Name, other: Name) =>
  (figures[one] ?? Number.NaN) / (figures[other] ?? Number.NaN);

const COLUMNS = { ours: 'our viewer', ohif: 'OHIF', orthanc: 'OHIF on Orthanc' };

const rowOf = (figures: Medians): Row =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [COLUMNS[name as Name], round(value)]));
