import { readFileSync } from 'node:fs';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxWaitingForFunction } from '../../../lib/local/lambda/waiting-line.ts';
import type { LocalStack, LocalStackOptions } from '../../../lib/local/local-stack.ts';
import { loadTemplate } from '../../../lib/local/template.ts';
import { processesOf } from '../../support/function-process.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
beforeAll(() => {
  testStack = makeTestStack();
});
afterAll(() => testStack.remove());

/** A stack for the tests of a group. */
function useStack(options: Partial<LocalStackOptions> = {}) {
  let stack: LocalStack;
  beforeAll(async () => {
    testStack.renewData();
    stack = await testStack.start(options);
  });
  afterAll(() => stack.close());
  return {
    get: (path: string, options?: RequestInit) => fetch(`${stack.url}${path}`, options),
    log: () => readFileSync(stack.logFile, 'utf8'),
    /** Sends a message to the queue of the function `shared`. */
    send: async (MessageBody: string) => {
      const template = loadTemplate(testStack.cdkOut, stack.url);
      const queue = template.ofType('AWS::SQS::Queue').find(({ logicalId }) => /^Shared/.test(logicalId));
      const QueueUrl = String(template.resolve({ Ref: queue?.logicalId }));
      const { credentials } = stack;
      const sqs = new SQSClient({ region: 'us-east-1', credentials, endpoint: `${stack.url}/local/sqs` });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      sqs.destroy();
    },
  };
}

describe('more requests than a function serves', () => {
  const { get, log, send } = useStack();

  test('are refused at once, while those in line are served by processes that live on', async () => {
    const surplus = 40;
    const ends: number[] = [];
    const answers = Array.from({ length: maxWaitingForFunction + surplus }, async () => {
      const response = await get('/shared');
      ends.push(response.status);
      const body = await response.text();
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    });
    await expect.poll(() => ends).toContain(503);
    await send('an event');
    const all = await Promise.all(answers);

    const served = all.filter(({ status }) => status === 200);
    const refused = all.filter(({ status }) => status === 503);
    expect(served.length + refused.length).toBe(all.length);
    expect(served.length).toBeGreaterThanOrEqual(maxWaitingForFunction);
    expect(refused.length).toBeGreaterThan(0);
    // The line was full when the last one was refused, so about as many as it holds are served after that.
    const after = ends.slice(ends.lastIndexOf(503) + 1);
    expect(after.length).toBeGreaterThan(maxWaitingForFunction / 2);
    for (const { retryAfter, body } of refused) {
      expect(retryAfter).toBe('5');
      expect(JSON.parse(body)).toEqual({
        statusCode: 503,
        message: 'The local stack is overloaded.',
        error: 'Service Unavailable',
        details: [`${maxWaitingForFunction} requests already wait for this function`],
      });
    }
    await expect.poll(log).toContain('delivered an event');
    const pids = new Set(served.map(({ body }) => Number(body)));
    expect(new Set(processesOf('shared'))).toEqual(pids);
    expect(pids.size).toBeLessThanOrEqual(4);
  });

  test('do not concern other functions, and end with the burst', async () => {
    const burst = Array.from({ length: maxWaitingForFunction + 40 }, () => get('/shared'));
    await Promise.race(burst);
    expect((await get('/echo')).status).toBe(200);
    await Promise.all(burst);
    expect((await get('/shared')).status).toBe(200);
  });
});

describe('the memory of all functions together', () => {
  // Less than one process has, so that no two ever fit. A process is busy for a moment after its response, so that another function may
  // start one beyond the bound; then the first to be idle ends.
  const { get, log, send } = useStack({ memoryMb: 1 });

  test('makes a second request wait for the one process of its function', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => get('/shared')));
    const pids = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(pids).size).toBe(1);
  });

  test('ends an idle process of another function before one starts', async () => {
    // `shared` may still be busy with its last response at the first request.
    await expect.poll(async () => [(await get('/echo')).status, processesOf('shared')]).toEqual([200, []]);
    await send('a late event');
    await expect.poll(log).toContain('delivered a late event');
    await expect.poll(() => processesOf('echo')).toEqual([]);
  });

  test('ends no process whose response is still being read', async () => {
    for (let times = 0; times < 10; times++) {
      const [long, echo] = await Promise.all([get('/trouble/long'), get('/echo')]);
      expect([long.status, echo.status]).toEqual([200, 200]);
      expect((await long.text()).length).toBe(5_000_000);
    }
  });

  test('ends no busy process, and a function without one gets one nevertheless', async () => {
    const controller = new AbortController();
    const endless = await get('/stream?kind=endless', { signal: controller.signal });
    const [busy] = processesOf('stream');
    expect((await get('/trouble/fine')).status).toBe(204);
    expect((await get('/echo')).status).toBe(200);
    expect(processesOf('stream')).toEqual([busy]);
    expect((await endless.body?.getReader().read())?.done).toBe(false);
    controller.abort();
    await expect.poll(log).toContain('the client has gone');
  });
});
