// Calls the built function itself, without HTTP, and counts the CPU time of this process: the time from the
// event to the answer, including DynamoDB's client; the local DynamoDB is in another process.
import { createRequire } from 'node:module';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inTurns, median } from '../measure.ts';
import { type ApiRequest, type ApiSample, type ApiTask, apiSamples } from './api-samples.ts';

export interface CpuTask extends ApiTask {
  id: keyof ReturnType<typeof apiSamples>;
  codeDir: string;
  turns: number;
  callsPerTurn: number;
}

/** Milliseconds of CPU time for each request. */
export interface CpuTimes {
  productMs: number;
  floorMs: number;
}

const task: CpuTask = JSON.parse(process.argv[2] ?? '');
const { handler } = createRequire(import.meta.url)(path.join(task.codeDir, 'index.cjs'));
const sample: ApiSample = apiSamples(new DynamoDBClient({}), task)[task.id];
let count = 0;

/** The event that API Gateway makes of the request. */
const eventOf = ({ params, query, body }: ApiRequest) => ({
  headers: { accept: '*/*', host: 'localhost' },
  path: '/',
  pathParameters: params ?? null,
  multiValueQueryStringParameters:
    query && Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
  body: body === undefined ? null : JSON.stringify(body),
  isBase64Encoded: false,
  requestContext: {
    path: '/',
    requestId: String(count),
    authorizer: {
      caller: '{"role":"doctor","subject":"bench"}',
      expiresAt: Date.now() / 1000 + 3600,
    },
  },
});

async function product(): Promise<void> {
  count += 1;
  const { statusCode, body } = await handler(eventOf(sample.request(count)), {});
  if (statusCode >= 300) throw new Error(`${task.id} answered ${statusCode}: ${body}`);
  sample.answered?.(body);
}

async function floor(): Promise<void> {
  count += 1;
  await sample.floor(count);
}

const many = (work: () => Promise<void>) => async () => {
  for (let call = 0; call < task.callsPerTurn; call++) await work();
};

const cpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / task.callsPerTurn;
};

const works = { product: many(product), floor: many(floor) };
await inTurns(2, works);
const turns = await inTurns(task.turns, works, cpuMs);
const times: CpuTimes = { productMs: median(turns.product), floorMs: median(turns.floor) };
process.send?.(times, () => process.exit(0));
