import type { Browser } from 'playwright-core';
import { inTurns, median, percentile } from '../../measure.ts';
import { type Aim, atMost, type Bench, type Row, round } from '../../result.ts';
import type { NumberedSeries } from './numbered-series.ts';
import type { Viewer } from './viewer.ts';
import { FAR, longScroll, MOST_WHEEL_MS, opening, signIn } from './visits.ts';

/** How much is measured. */
export interface ViewerSize {
  /** The series that is opened, and the one that is scrolled through. */
  series: NumberedSeries;
  longSeries: NumberedSeries;
  openings: number;
  signIns: number;
  mostScrollMs: number;
}

export interface Compared {
  aims: Aim[];
  notes: string[];
  rows: Record<string, Row>;
}

type Both<T> = Record<'ours' | 'ohif', T>;

/** Our viewer and OHIF with the same series of the same service, in turns. */
export async function compareViewers(
  browser: Browser,
  viewers: Both<Viewer>,
  { series, longSeries, openings, signIns, mostScrollMs }: ViewerSize,
  progress: Bench['progress'],
): Promise<Compared> {
  const inBoth = <T>(rounds: number, visit: (viewer: Viewer) => Promise<T>): Promise<Both<T[]>> => {
    const visits = { ours: () => visit(viewers.ours), ohif: () => visit(viewers.ohif) };
    return inTurns(rounds, visits, (work) => work() as Promise<T>);
  };
  progress(`page: ${openings} times a study of ${series.count} slices, and the same in OHIF`);
  const opened = await inBoth(openings, (viewer) => opening(browser, viewer, series));
  progress(`page: ${signIns} times two sign-ins, and the same in OHIF`);
  const signedIn = await inBoth(signIns, (viewer) => signIn(browser, viewer, series));
  progress(`page: a scroll through ${longSeries.count} slices, and the same in OHIF`);
  const scrolled = await inBoth(1, (viewer) => longScroll(browser, viewer, longSeries, mostScrollMs));

  const times = {
    'first slice after the click on its study': of(opened, ({ first }) => first),
    [`slice ${FAR} after the first, by the wheel`]: of(opened, ({ far }) => far),
    [`slice ${2 * FAR - 1} after that`]: of(opened, ({ farther }) => farther),
    'first slice from its address, over the sign-in': of(signedIn, ({ cold }) => cold),
    'first slice once more, with what is cached': of(signedIn, ({ warm }) => warm),
  };
  const dropped = of(scrolled, ({ droppedPercent }) => droppedPercent);
  const growth = of(scrolled, ({ middleMb, endMb }) => endMb / middleMb);
  return {
    aims: [
      ...Object.entries(times).map(([what, both]) => atMost(`of OHIF's ms: ${what}`, ratioOf(both), 1)),
      atMost("of OHIF's dropped frames: a scroll", ratioOf(dropped), 1),
      atMost('of the JS heap in the middle of a scroll, at its end', median(growth.ours), 1.1),
    ],
    notes: [
      `our viewer and OHIF have the same browser, service and series of CT slices of 512×512 pixels; which slice is drawn is read in the canvas of both. A slice that is not there after ${MOST_WHEEL_MS / 1000} s of the wheel counts as if it were there then`,
      'OHIF is at an origin of its own, as docs/ohif.md says, and draws with WebGL, here without a graphics card',
    ],
    rows: {
      ...Object.fromEntries(Object.entries(times).map(([what, both]) => [what, timesRow(both)])),
      [`scroll through ${longSeries.count} slices`]: Object.fromEntries(
        Object.entries(scrolled.ours[0] ?? {}).flatMap(([name, value]) => [
          [name, round(value)],
          [
            `${name} of OHIF`,
            round(scrolled.ohif[0]?.[name as keyof (typeof scrolled.ohif)[0]] ?? Number.NaN),
          ],
        ]),
      ),
    },
  };
}

const of = <T>({ ours, ohif }: Both<T[]>, value: (visit: T) => number): Both<number[]> => ({
  ours: ours.map(value),
  ohif: ohif.map(value),
});

const ratioOf = ({ ours, ohif }: Both<number[]>): number => median(ours) / median(ohif);

const timesRow = ({ ours, ohif }: Both<number[]>): Row => ({
  p50Ms: round(median(ours)),
  p95Ms: round(percentile(ours, 0.95)),
  longestMs: round(Math.max(...ours)),
  ohifP50Ms: round(median(ohif)),
  ohifP95Ms: round(percentile(ohif, 0.95)),
});
