import { PATIENT } from './clinic.ts';
import { milliseconds } from './measure.ts';
import { cpuTimeOf, memoryOf } from './processes.ts';
import { atLeast, atMost, type Bench, headline, type Result, type Row, round } from './result.ts';
import { tokensOf, withStackProcess } from './stack.ts';

const full = { requests: 3000, requestsAtOnce: 600, rounds: 2 };
const CLIENTS = [8, 64];
/** Endpoints of different functions, each of which has processes of its own. */
const PATHS = [
  `/api/images/batches?patient_id=${PATIENT}`,
  `/api/images?patient_id=${PATIENT}`,
  `/api/search?q=${PATIENT}`,
  `/dicom-web/studies?PatientID=${PATIENT}`,
  '/api/audit',
  '/api/patients',
  '/api/people',
  '/api/v2/keys',
  '/api/status',
  '/health/ready',
];

/** What the local stack takes of a laptop: memory, CPU beside that of the functions, and its throughput with many clients. */
export async function laptop({ cdkOut, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  return withStackProcess(out, undefined, async ({ url, pid }) => {
    const tokens = await tokensOf({ url }, 'admin');
    let count = 0;
    const get = async (path: string) => {
      const headers = { authorization: `Bearer ${tokens[count++ % tokens.length]}` };
      const response = await fetch(url + path, { headers });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    };
    const [list = ''] = PATHS;
    const many = async (requests: number, clients: number) => {
      const numbers = Array.from({ length: requests }).values();
      const client = async () => {
        for (const _each of numbers) await get(list);
      };
      await Promise.all(Array.from({ length: clients }, client));
    };
    progress('laptop: ten endpoints');
    for (const path of PATHS) await get(path);
    const afterEndpoints = memoryOf(pid);

    progress(`laptop: ${size.requests} requests, one after the other`);
    await many(100, 1);
    const before = cpuTimeOf(pid);
    await many(size.requests, 1);
    const after = cpuTimeOf(pid);
    const functionsMs = (after.functionsMs - before.functionsMs) / size.requests;
    const otherMs = (after.allMs - before.allMs) / size.requests - functionsMs;
    const mainMb = memoryOf(pid, /stack-process/);

    const perSecond: Record<number, number> = {};
    for (let round = 0; round < size.rounds; round++) {
      progress(`laptop: many clients, ${round + 1} of ${size.rounds}`);
      for (const clients of CLIENTS) {
        const ms = await milliseconds(() => many(size.requestsAtOnce, clients));
        perSecond[clients] = Math.max(perSecond[clients] ?? 0, (size.requestsAtOnce / ms) * 1000);
      }
    }
    const [few = 0, most = 0] = CLIENTS.map((clients) => perSecond[clients]);
    return {
      ...headline(otherMs, 'ms of CPU', functionsMs),
      aims: [
        atMost("times the functions' CPU time on top", otherMs / functionsMs, 1),
        atMost('MB of the stack after these requests', mainMb, 300),
        atMost('MB of all processes after ten endpoints', afterEndpoints, 1000),
        atLeast('of the throughput with 8 clients, with 64', most / few, 0.9),
      ],
      notes: [
        `a list of batches: ${size.requests} requests one after the other; the headline is what the stack takes for each beside the functions: API Gateway, IAM, DynamoDB`,
        'memory is that of all pages in memory; one that several processes have counts once',
        'the floor is the CPU time of the functions: the one that answers, and those that follow each audit event',
      ],
      rows: Object.fromEntries(
        CLIENTS.map((clients): [string, Row] => [
          `${clients} clients`,
          { perSecond: round(perSecond[clients] ?? 0) },
        ]),
      ),
    };
  });
}
