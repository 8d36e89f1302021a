import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../measure.ts';
import { atLeast, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { tokensOf, withStackProcess } from '../stack.ts';
import { sliceOf } from './archive-of-studies.ts';
import { putsPerSecond } from './bare-puts.ts';
import { dicomSlice } from './dicom-file.ts';
import { type DicomSide, type DicomWorkload, dicomWorkloads, perform } from './dicom-workloads.ts';
import { isOrthancInstalled, withOrthanc } from './orthanc.ts';

const full = {
  items: 100_000,
  orthancStudies: 3000,
  side: 512,
  rounds: 3,
  requests: 100,
  quietMs: 10_000,
};
type Size = typeof full;

/** The series has what the requests to store send, in all rounds. */
const instancesOf = ({ rounds, requests }: Size) => rounds * requests;
type Sides = { ours: DicomSide; orthanc?: DicomSide };
type Performance = Awaited<ReturnType<typeof perform>>;
type Measured = Partial<Record<keyof Sides, Performance[]>>;

/** DICOMweb over HTTP, each request beside the same one to an Orthanc on this machine, if there is one. */
export async function dicom({ cdkOut, clinics, progress }: Bench, size: Size = full): Promise<Result> {
  const out = await cdkOut();
  progress(`dicom: writing ${size.items} items of studies into the table`);
  const prepare = (dataDir: string) => clinics.copyTo(dataDir, size.items);
  return withStackProcess(out, prepare, async (stack, { studies }) => {
    const [token] = await tokensOf(stack, 'doctor', 1);
    const headers = { authorization: `Bearer ${token}` };
    const ours = { url: `${stack.url}/dicom-web`, pid: stack.pid, headers, studies };
    const floor = await putsPerSecond(stack, out, size);
    if (!isOrthancInstalled())
      return resultOf(await measure({ ours }, size, progress), floor, { ...size, studies });
    return withOrthanc(async ({ url, version, pid }) => {
      progress(`dicom: storing ${size.orthancStudies} studies in Orthanc ${version}`);
      await fillOrthanc(url, size.orthancStudies);
      const orthanc = { url: `${url}/dicom-web`, pid, headers: {}, studies: size.orthancStudies };
      return resultOf(await measure({ ours, orthanc }, size, progress), floor, { ...size, studies }, version);
    });
  });
}

/** With tiny pixels: these studies are only for searches. */
async function fillOrthanc(url: string, studies: number): Promise<void> {
  const numbers = Array.from({ length: studies }, (_value, number) => number).values();
  const store = async (number: number, attempts = 3): Promise<void> => {
    const body = dicomSlice(sliceOf(number, studies), 2);
    const response = await fetch(`${url}/instances`, { method: 'POST', body });
    const text = await response.text();
    if (response.ok) return;
    // Of thousands, it refuses one now and then.
    if (attempts > 1) return store(number, attempts - 1);
    throw new Error(`Orthanc answered ${response.status} to a file: ${text}`);
  };
  const client = async () => {
    for (const number of numbers) await store(number);
  };
  await Promise.all(Array.from({ length: 4 }, client));
}

/** Both sides in turns, so that other work of the machine affects them equally. */
async function measure({ ours, orthanc }: Sides, size: Size, progress: Bench['progress']) {
  const works: Record<string, DicomWorkload> = dicomWorkloads({ ...size, instances: instancesOf(size) });
  const results: Record<string, Measured> = {};
  const sides = Object.entries({ ours, ...(orthanc && { orthanc }) }) as [keyof Sides, DicomSide][];
  for (const [what, work] of Object.entries(works)) {
    if (what === 'metadata of a study at rest') {
      progress(`dicom: waiting ${size.quietMs / 1000} s, until the series is at rest`);
      await sleep(size.quietMs);
    }
    progress(`dicom: ${what}`);
    const requests = work.only ?? (work.atOnce === 1 ? Math.ceil(size.requests / 20) : size.requests);
    const result: Measured = { ours: [], ...(orthanc && { orthanc: [] }) };
    results[what] = result;
    // The first round warms both up: a server is slow in what it has not done for long, or never.
    for (let turn = work.isFirst ? 0 : -1; turn < (work.only ? 1 : size.rounds); turn++) {
      const indexes = Array.from(
        { length: requests },
        (_value, index) => Math.max(turn, 0) * requests + index,
      );
      for (const [name, side] of sides) {
        const performance = await perform(work, side, indexes);
        if (turn >= 0) result[name]?.push(performance);
      }
    }
  }
  return results;
}

function resultOf(
  results: Record<string, Measured>,
  floor: number,
  size: Size & { studies: number },
  version?: string,
): Result {
  const middle = (what: string, name: keyof Sides, figure: Exclude<keyof Performance, 'times'>) =>
    median(results[what]?.[name]?.map((performance) => performance[figure]) ?? []);
  const speed = (what: string, name: keyof Sides) => middle(what, name, 'perSecond');
  const times = (what: string) => speed(what, 'ours') / speed(what, 'orthanc');
  const rows = Object.keys(results).map((what): [string, Row] => [
    what,
    {
      perSecond: round(speed(what, 'ours')),
      p50Ms: round(median(results[what]?.ours?.flatMap(({ times }) => times) ?? [])),
      cpuMs: round(middle(what, 'ours', 'cpuMs')),
      functionsCpuMs: round(middle(what, 'ours', 'functionsCpuMs')),
      ...(version && {
        orthancPerSecond: round(speed(what, 'orthanc')),
        orthancP50Ms: round(median(results[what]?.orthanc?.flatMap(({ times }) => times) ?? [])),
        orthancCpuMs: round(middle(what, 'orthanc', 'cpuMs')),
        ratio: round(times(what)),
      }),
    },
  ]);
  return {
    ...headline(speed('store', 'ours'), 'instances/s', floor),
    aims: version
      ? [
          atLeast("of Orthanc's stores", times('store'), 0.5),
          atLeast("of Orthanc's rendered frames", times('rendered'), 1),
          atLeast("of Orthanc's searches", times('studies of a patient'), 1),
          atLeast("of Orthanc's metadata, just stored", times('metadata of a study just stored'), 1),
          atLeast("of Orthanc's metadata, at rest", times('metadata of a study at rest'), 1),
        ]
      : [],
    notes: [
      version
        ? `beside Orthanc ${version} with its DICOMweb plugin and SQLite, which has ${size.orthancStudies} studies to search in; we have ${size.studies}`
        : 'Orthanc and its DICOMweb plugin are not installed: there is nothing to compare with',
      `the headline is STOW-RS, ${instancesOf(size)} CT slices of ${size.side}×${size.side} pixels into one series, 4 at a time; its floor is the bare PUT of the same bytes into the local S3`,
      'medians of rounds in turns with Orthanc, after one to warm up both but where it is the first of its kind; metadata of those slices are asked for one after the other, all else 4 at a time',
      'our requests go through the local gateway, authorization, audit log and a process for each function; cpuMs is of all that, the local S3 and DynamoDB too, functionsCpuMs of the functions alone (and of those that follow a change), which is what runs in Lambda',
    ],
    rows: Object.fromEntries(rows),
  };
}
