import http from 'node:http';
import { NO_RATE_LIMITS } from '../../../lib/local/no-rate-limits.ts';
import { inTurns, median, percentile } from '../measure.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { dynamoDbOf, environmentOf, functionOf, inChild, tokensOf, withStackProcess } from '../stack.ts';
import { type ApiRequest, type ApiSample, type ApiTask, apiSamples } from './api-samples.ts';
import type { CpuTask, CpuTimes } from './handler-cpu.ts';

const full = { images: 100_000, requests: 100, cpuTurns: 9, callsPerTurn: 30 };
const WARM_UP = 15;

/** Requests over HTTP, against the bare DynamoDB calls that they need at least. */
export async function api({ cdkOut, clinics, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  progress(`api: writing ${size.images} images into one batch`);
  const prepare = (dataDir: string) => clinics.copyTo(dataDir, size.images);
  return withStackProcess(out, prepare, async (stack, { batch: { batchId, imageIds } }) => {
    const dynamoDb = dynamoDbOf(stack);
    const { TABLE_NAME: tableName = '', AUDIT_TABLE_NAME: auditTableName = '' } = functionOf(
      out,
      stack.url,
      'get-image',
    ).environment;
    const task: ApiTask = { tableName, auditTableName, batchId, imageIds };
    const samples = apiSamples(dynamoDb, task);
    const [token = ''] = await tokensOf(stack, 'doctor', 1);
    const send = clientOf(stack.url, token);

    const rows: Record<string, Row> = {};
    const cpuRatios: number[] = [];
    let first: { product: number[]; floor: number[] } | undefined;
    for (const [id, sample] of Object.entries(samples) as [keyof typeof samples, ApiSample][]) {
      progress(`api: ${size.requests} times ${id}, and its floor`);
      let index = 0;
      const works = {
        product: async () => {
          const body = await send(sample.request(index++));
          sample.answered?.(body);
        },
        floor: () => sample.floor(index++),
      };
      await inTurns(WARM_UP, works);
      const turns = await inTurns(size.requests, works);
      const cpu = await inChild<CpuTimes>(
        'api/handler-cpu.ts',
        {
          ...task,
          // A command line has a maximum length; this number is enough for different data at each call.
          imageIds: imageIds.slice(0, 1000),
          id,
          codeDir: functionOf(out, stack.url, id).codeDir,
          turns: size.cpuTurns,
          callsPerTurn: size.callsPerTurn,
        } satisfies CpuTask,
        { ...functionOf(out, stack.url, id).environment, ...environmentOf(stack), ...NO_RATE_LIMITS },
      );
      first ??= turns;
      cpuRatios.push(cpu.productMs / cpu.floorMs);
      rows[id] = {
        p50Ms: round(median(turns.product)),
        p99Ms: round(percentile(turns.product, 0.99)),
        floorP50Ms: round(median(turns.floor)),
        floorP99Ms: round(percentile(turns.floor, 0.99)),
        ratio: round(median(turns.product) / median(turns.floor)),
        cpuMs: round(cpu.productMs),
        floorCpuMs: round(cpu.floorMs),
        cpuRatio: round(cpu.productMs / cpu.floorMs),
      };
    }
    dynamoDb.destroy();
    return {
      ...headline(median(first?.product ?? []), 'ms', median(first?.floor ?? [])),
      aims: [atMost('times the CPU time of the floor, of every operation', Math.max(...cpuRatios), 2)],
      notes: [
        `the headline is p50 of get-image; ${size.requests} requests one after another, in a batch of ${size.images} images, list-images with pages of 100`,
        'the requests go through the local gateway and a process for each function; floor and function reach DynamoDB the same way',
        'requests in a minute are not counted here, or there could be no more than a hundred: that is one more write for each',
        'CPU time is that of the built handler, called in a process of its own without HTTP, DynamoDB client included; its floor is the same calls by the bare SDK, with that of the audit event',
      ],
      rows,
    };
  });
}

/** Sends requests over one connection, and reads each answer to its end. */
function clientOf(origin: string, token: string) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return ({ method, path, body }: ApiRequest): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      };
      const request = http.request(new URL(path, origin), { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('error', reject);
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`));
        });
      });
      request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
}
