import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { functions } from '../../functions/functions.ts';
import { operations } from '../../functions/operations.ts';
import { route as showPatient } from '../../functions/sockets/show-patient/route.ts';
import { triggers } from '../../functions/triggers.ts';
import { api } from '../bench/api/api.ts';
import { calls } from '../bench/calls/calls.ts';
import { PATIENT } from '../bench/clinic.ts';
import { coldstart } from '../bench/coldstart.ts';
import { decoders } from '../bench/decoders/decoders.ts';
import { dicom } from '../bench/dicom/dicom.ts';
import { importing, isDcmtkInstalled } from '../bench/dicom/importing.ts';
import { isOrthancInstalled } from '../bench/dicom/orthanc.ts';
import { FilledClinics } from '../bench/filled-clinics.ts';
import { growth } from '../bench/growth/growth.ts';
import { thumbnail } from '../bench/images/thumbnail.ts';
import { laptop } from '../bench/laptop.ts';
import { page } from '../bench/page/page.ts';
import { refused } from '../bench/refused.ts';
import { newDataDir, removeDataDir } from '../bench/stack.ts';
import { viewers } from '../bench/viewers/viewers.ts';
import { zip } from '../bench/zip/zip.ts';
import { isOhifInstalled } from '../clients/support/ohif-files.ts';

/** How often each action is called, from a text such as `2 GetItem, 1 PutItem`. */
const countsOf = (calls: unknown): Map<string, number> =>
  new Map(
    String(calls)
      .split(', ')
      .map((each) => [each.replace(/^\S+ /, ''), Number.parseFloat(each)] as const),
  );

/** The calls of each operation as docs/performance.md has them, in the last column of its table. */
function documentedCalls(): Map<string, Map<string, number>> {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/performance.md'), 'utf8');
  const [, section = ''] = text.split('\n## calls\n');
  const [table = ''] = section.split('\n## ');
  return new Map(
    [...table.matchAll(/^\| ([a-z-]+) \|.*\| ([^|]*) \|$/gm)].map(([, id = '', calls]) => [
      id,
      countsOf(calls),
    ]),
  );
}

const cdkOut = async () => inject('cdkOut');
const folder = newDataDir();
afterAll(() => removeDataDir(folder));
const bench = { cdkOut, clinics: new FilledClinics(cdkOut, folder), progress: () => {} };
const KB = 1000;
const headline = {
  value: expect.any(Number),
  unit: expect.any(String),
  floor: expect.any(Number),
  ratio: expect.any(Number),
};

test('thumbnail measures all renditions against plain scripts', async () => {
  expect(await thumbnail(bench, 1)).toMatchObject({ ...headline, unit: 'ms' });
});

test('decoders compares each decoder with the programs that are installed', async () => {
  const { rows, aims, notes, unit } = await decoders(bench, { frames: 2, rounds: 1 });
  expect(unit).toBe('ms');
  for (const row of Object.values(rows)) expect(row.ours).toBeGreaterThan(0);
  const isMissing = notes.some((note) => note.includes('dcmcrle'));
  expect('RLE, CT of 16 bits' in rows).toBe(!isMissing);
  expect(aims).toHaveLength(Object.keys(rows).length);
}, 120_000);

test('zip reads whole archives in separate processes', async () => {
  const size = { archiveBytes: 1000 * KB, objectBytes: 300 * KB, rounds: 1 };
  const result = await zip(bench, size);
  expect(result).toMatchObject({ ...headline, unit: 'MB/s' });
  expect(result.rows.product).toMatchObject({ memoryGrowthMb: expect.any(Number) });
});

test('refused measures a signed-in person with and without wrong credentials', async () => {
  const result = await refused(bench, 1);
  expect(result).toMatchObject({ ...headline, unit: 'ms' });
  expect(Object.keys(result.rows)).toEqual(['quiet', 'attacked']);
});

test('growth counts the AWS calls for each item, which are no more in larger tables', async () => {
  const result = await growth(bench, { sizes: [200, 2000], repeats: 1 });
  expect(result).toMatchObject({ ...headline, unit: 'ms for each item' });
  expect(result.aims[1]).toMatchObject({ what: expect.stringContaining('AWS calls'), met: true });
  for (const row of Object.values(result.rows)) expect(row['calls at 2000']).toBeGreaterThan(0);
}, 120_000);

test('laptop measures memory, CPU time and throughput of the local stack', async () => {
  const result = await laptop(bench, { requests: 10, requestsAtOnce: 20, rounds: 1 });
  expect(result).toMatchObject({ ...headline, unit: 'ms of CPU' });
  expect(Object.keys(result.rows)).toEqual(['8 clients', '64 clients']);
}, 120_000);

test('api measures requests over HTTP and the CPU time of their handlers', async () => {
  const size = { images: 200, requests: 2, cpuTurns: 1, callsPerTurn: 1 };
  const { rows, ...result } = await api(bench, size);
  expect(result).toMatchObject({ ...headline, unit: 'ms' });
  expect(Object.keys(rows)).toEqual(['get-image', 'list-images', 'create-case-upload']);
  for (const row of Object.values(rows)) {
    expect(row).toMatchObject({
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
      cpuMs: expect.any(Number),
    });
  }
});

/** It measures the stack with its default settings. */
const isMeasured = ({ id }: { id: string }) => !triggers.some((each) => each.id === id && 'needs' in each);

test('dicom sends the same requests to the service and to an Orthanc, if one is installed', async () => {
  const size = {
    items: 140,
    orthancStudies: 20,
    side: 32,
    rounds: 2,
    requests: 3,
    quietMs: 10,
  };
  const { rows, aims, notes, ...result } = await dicom(bench, size);
  expect(result).toMatchObject({ ...headline, unit: 'instances/s' });
  for (const row of Object.values(rows)) expect(row.perSecond).toBeGreaterThan(0);
  const compared = Object.values(rows).filter(({ orthancPerSecond }) => Number(orthancPerSecond) > 0);
  expect(compared).toHaveLength(isOrthancInstalled() ? Object.keys(rows).length : 0);
  expect(aims.length > 0).toBe(isOrthancInstalled());
  expect(notes[0]).toMatch(isOrthancInstalled() ? /^beside Orthanc \d/ : /not installed/);
}, 120_000);

test('import sends a series by the CLI and by the gateway, and to an Orthanc, if one is installed', async () => {
  const { rows, aims, notes, ...result } = await importing(bench, { instances: 4, warmUp: 2, side: 32 });
  expect(result).toMatchObject({ ...headline, unit: 'instances/s' });
  const hasDcmtk = await isDcmtkInstalled();
  const compares = hasDcmtk && isOrthancInstalled();
  const ways = ['CLI', ...(hasDcmtk ? ['gateway'] : []), ...(compares ? ['Orthanc'] : [])];
  expect(Object.keys(rows)).toEqual(ways);
  for (const row of Object.values(rows)) expect(row['instances/s']).toBeGreaterThan(0);
  expect(aims).toHaveLength(compares ? 2 : 0);
  expect(notes[0]).toMatch(compares ? /^beside Orthanc \d/ : /not installed/);
}, 120_000);

test('page measures thumbnails, updates and frames in a browser', async () => {
  const size = { images: 120, photos: 2, photoWidth: 320, rounds: 1, frames: 10, changes: 2 };
  const { rows, aims, ...result } = await page(bench, size);
  expect(result).toMatchObject({ ...headline, unit: 'ms' });
  for (const row of Object.values(rows)) expect(row.p95Ms).toBeGreaterThan(0);
  expect([Object.keys(rows).length, aims.length]).toEqual([6, 4]);
}, 120_000);

test('viewers opens slices in the page, in OHIF, and in OHIF on an Orthanc, if these are installed', async () => {
  const series = { study: '2.25.12', patientId: PATIENT, count: 12 };
  const longSeries = { ...series, study: '2.25.13', count: 13 };
  const size = { series, longSeries, openings: 1, signIns: 1, mostWheelMs: 1000, mostScrollMs: 1000 };
  const { rows, aims, notes, unit } = await viewers(bench, size);
  expect(unit).toBe('ms');
  const opened = Object.values(rows).slice(0, 2);
  for (const row of opened) for (const ms of Object.values(row)) expect(ms).toBeGreaterThan(0);
  const compared = isOhifInstalled() ? (isOrthancInstalled() ? 3 : 2) : 0;
  expect(opened.map((row) => Object.keys(row).length)).toEqual(compared ? [compared, compared] : []);
  // Our viewer does not load all slices.
  const loaded = Object.values(rows['all slices up to 100 loaded, after that click'] ?? {});
  expect(loaded.filter((ms) => Number(ms) > 0)).toHaveLength(Math.max(0, compared - 1));
  expect(aims).toHaveLength([0, 0, 6, 9][compared] ?? 0);
  expect(notes.some((note) => note.includes('not installed'))).toBe(compared < 3);
}, 120_000);

test('coldstart loads every function, and checks the bundle size of the HTTP functions', async () => {
  const measured = functions.filter(isMeasured);
  const { rows, aims } = await coldstart(bench, 1);
  const others = ['a handler with the bare SDK'];
  expect(Object.keys(rows).sort()).toEqual([...measured.map(({ id }) => id), ...others].sort());
  expect(aims[0]).toMatchObject({ what: 'KB of the largest HTTP bundle at most 335', met: true });
  // It starts every function, of which there are many.
}, 120_000);

test('calls counts the AWS calls of every operation, no more than docs/performance.md, and of every function behind it', async () => {
  const size = { repeats: 2, photo: { width: 640, height: 480 }, imagesInBatch: 1 };
  const { rows } = await calls(bench, size);
  const counted = triggers.filter((each) => isMeasured(each) && each.id !== 'distribute-changes');
  const ids = [...operations, ...counted, showPatient].map(({ id }) => id);
  expect(Object.keys(rows).sort()).toEqual(ids.sort());
  expect(rows['get-image']).toMatchObject({ readUnits: 1, calls: expect.stringContaining('1 GetItem') });
  for (const row of Object.values(rows)) expect(row.dollarsPerMillion).toBeGreaterThan(0);
  const documented = documentedCalls();
  const more = operations.flatMap(({ id }) =>
    [...countsOf(rows[id]?.calls)]
      .filter(([action, count]) => count > (documented.get(id)?.get(action) ?? 0))
      .map(([action, count]) => `${id}: ${count} ${action}`),
  );
  // If an operation needs more than before, and must: `npm run performance` writes its calls again.
  expect(more).toEqual([]);
  // It calls every operation three times, of which there are many.
}, 240_000);
