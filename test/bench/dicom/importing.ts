import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { newUid } from '../../fixtures/dicom-uploads.ts';
import { RunningGateway } from '../../gateway/running-gateway.ts';
import { cpuTimeOf } from '../processes.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { type StackAddress, tokensOf, withDataDir, withStackProcess } from '../stack.ts';
import { putsPerSecond } from './bare-puts.ts';
import { ctSlice } from './dicom-file.ts';
import { isOrthancInstalled, withOrthanc } from './orthanc.ts';

const run = promisify(execFile);
const PROGRAM = path.resolve(import.meta.dirname, '../../../bin/negatoscope.ts');

const full = { instances: 400, warmUp: 30, side: 256 };
type Size = typeof full;

/** How the files of a folder are sent to a server. */
interface Way {
  send(folder: string): Promise<unknown>;
  /** The server's DICOMweb, and the headers of requests to it. */
  dicomWeb: string;
  headers: Record<string, string>;
  pid: number;
}

/** What the import of one instance takes. */
interface Taken {
  ms: number;
  cpuMs: number;
  functionsCpuMs: number;
}

/** Whether dcmtk, which sends to the gateway and to Orthanc, is on this machine. */
export const isDcmtkInstalled = (): Promise<boolean> =>
  run('storescu', ['--version']).then(
    () => true,
    () => false,
  );

/** The import of a series by the CLI and by the gateway, beside the same one into an Orthanc on this machine, if there is one. */
export async function importing({ cdkOut, progress }: Bench, size: Size = full): Promise<Result> {
  const out = await cdkOut();
  return withStackProcess(out, undefined, (stack) =>
    withWays(stack, (ways, version) =>
      withDataDir(async (folder) => {
        const floor = await putsPerSecond(stack, out, { side: size.side, requests: 100 });
        const taken = new Map<string, Taken>();
        for (const [name, way] of ways) {
          progress(`import: ${name}`);
          await importSeries(way, path.join(folder, name, 'first'), size.warmUp, size.side);
          taken.set(
            name,
            await importSeries(way, path.join(folder, name, 'measured'), size.instances, size.side),
          );
        }
        return resultOf(taken, floor, size, version);
      }),
    ),
  );
}

/** Passes the ways of DICOM files into the stack, and into Orthanc, to the work. */
async function withWays<T>(
  stack: StackAddress & { pid: number },
  work: (ways: Map<string, Way>, version?: string) => Promise<T>,
): Promise<T> {
  const [token = ''] = await tokensOf(stack, 'admin', 1);
  const headers = { authorization: `Bearer ${token}` };
  const ours = { dicomWeb: `${stack.url}/dicom-web`, headers, pid: stack.pid };
  const ways = new Map<string, Way>();
  ways.set('CLI', { ...ours, send: (folder) => push(folder, stack.url, token) });
  if (!(await isDcmtkInstalled())) return work(ways);
  const key = await newKey(stack, headers);
  const gateway = new RunningGateway({ url: stack.url }, { NEGATOSCOPE_API_KEY: key });
  try {
    await gateway.start();
    ways.set('gateway', { ...ours, send: (folder) => storescu(folder, gateway.port) });
    if (!isOrthancInstalled()) return await work(ways);
    return await withOrthanc(({ url, dicomPort, version, pid }) => {
      const send = (folder: string) => storescu(folder, dicomPort);
      return work(ways.set('Orthanc', { dicomWeb: `${url}/dicom-web`, headers: {}, pid, send }), version);
    });
  } finally {
    await gateway.delete();
  }
}

/** The credential of a gateway. */
async function newKey({ url }: StackAddress, headers: Record<string, string>): Promise<string> {
  const body = JSON.stringify({ name: 'Gateway', scopes: ['dicom:store'] });
  const response = await fetch(`${url}/api/v2/keys`, { method: 'POST', headers, body });
  const { key } = (await response.json()) as { key: unknown };
  if (typeof key !== 'string') throw new Error(`no API key: the service answered ${response.status}`);
  return key;
}

const push = (folder: string, url: string, token: string) =>
  run(process.execPath, [PROGRAM, 'push', folder, '--url', url], {
    env: { PATH: process.env.PATH, HOME: path.dirname(folder), NEGATOSCOPE_TOKEN: token },
  });

const storescu = (folder: string, port: number) =>
  run(
    'storescu',
    ['-q', '-R', '-xe', '-aet', 'MODALITY', '-aec', 'GATEWAY', '+sd', '127.0.0.1', `${port}`, folder],
    {
      env: { ...process.env, TCP_NODELAY: '1' },
    },
  );

/** Writes a new series into the folder, and imports it. Returns what one instance takes, until the server finds all of them. */
async function importSeries(way: Way, folder: string, instances: number, side: number): Promise<Taken> {
  const studyUid = newUid();
  const seriesUid = newUid();
  mkdirSync(folder, { recursive: true });
  for (let number = 1; number <= instances; number++) {
    const slice = { sopUid: `${studyUid}.${number}`, seriesUid, studyUid, patientId: 'P-1001', number };
    writeFileSync(path.join(folder, `${number}.dcm`), ctSlice(slice, side));
  }
  const before = cpuTimeOf(way.pid);
  const startedAt = performance.now();
  await way.send(folder);
  while ((await storedOf(way, studyUid)) < instances) await sleep(100);
  const ms = performance.now() - startedAt;
  const after = cpuTimeOf(way.pid);
  return {
    ms: ms / instances,
    cpuMs: (after.allMs - before.allMs) / instances,
    functionsCpuMs: (after.functionsMs - before.functionsMs) / instances,
  };
}

/** How many instances of the study the server finds (`NumberOfStudyRelatedInstances`). */
async function storedOf({ dicomWeb, headers }: Way, studyUid: string): Promise<number> {
  const query = new URLSearchParams({ StudyInstanceUID: studyUid, includefield: '00201208' });
  const response = await fetch(`${dicomWeb}/studies?${query}`, {
    headers: { ...headers, accept: 'application/dicom+json' },
  });
  if (!response.ok) throw new Error(`a search for the study was answered ${response.status}`);
  const text = await response.text();
  const [study] = (text === '' ? [] : JSON.parse(text)) as Record<string, { Value?: unknown[] }>[];
  return Number(study?.['00201208']?.Value?.[0] ?? 0);
}

function resultOf(taken: Map<string, Taken>, floor: number, size: Size, version?: string): Result {
  const perSecond = (name: string) => 1000 / (taken.get(name)?.ms ?? Number.NaN);
  const times = (name: string) => perSecond('Orthanc') / perSecond(name);
  const rows = [...taken].map(([name, { cpuMs, functionsCpuMs }]): [string, Row] => [
    name,
    {
      'instances/s': round(perSecond(name)),
      cpuMs: round(cpuMs),
      functionsCpuMs: round(functionsCpuMs),
      ...(version && { 'times as long as Orthanc': round(times(name)) }),
    },
  ]);
  return {
    ...headline(perSecond('CLI'), 'instances/s', floor),
    aims: version
      ? [
          atMost('times as long as Orthanc: by CLI', times('CLI'), 3),
          atMost('times as long as Orthanc: by the gateway', times('gateway'), 3),
        ]
      : [],
    notes: [
      version
        ? `beside Orthanc ${version} with SQLite, which storescu sends to; both have TCP_NODELAY=1, without which each instance waits 40 ms`
        : 'dcmtk, Orthanc or its DICOMweb plugin is not installed: there is nothing to compare with',
      `a series of ${size.instances} CT slices of ${size.side}×${size.side} pixels, each way after a series of ${size.warmUp} to warm up; the time ends when a search finds all of them`,
      'CLI: `negatoscope push`, with its start; gateway: storescu sends to the gateway, which sends on; both end in signed URLs, S3 and `ingest-dicom`',
      'the floor is the bare PUT of the same bytes into the local S3, 4 at a time',
      'cpuMs is of one instance in the whole local stack, or in Orthanc, functionsCpuMs of the functions alone, which is what runs in Lambda; both without the CLI, the gateway and storescu',
    ],
    rows: Object.fromEntries(rows),
  };
}
