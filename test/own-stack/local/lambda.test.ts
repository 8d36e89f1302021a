import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const log = () => readFileSync(stack.logFile, 'utf8');
const call = (path: string, options?: RequestInit) => fetch(`${stack.url}${path}`, options);

describe('a function', () => {
  test('that throws is answered without its inner message', async () => {
    const response = await call('/trouble/throw');
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('secret');
  });

  test.each(['exit', 'loop', 'memory'])('that does %s harms only its own request', async (kind) => {
    expect((await call(`/trouble/${kind}`)).status).toBe(502);
    expect((await call('/trouble/fine')).status).toBe(204);
  });

  test('sees the template’s environment and its own credentials, and nothing of the stack’s process', async () => {
    process.env.SECRET_OF_THE_DEVELOPER = 'hidden';
    const { env } = (await (await call('/echo')).json()) as { env: Record<string, string> };
    delete process.env.SECRET_OF_THE_DEVELOPER;
    expect(env).toMatchObject({
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: stack.s3Endpoint,
      TZ: 'UTC',
    });
    expect(env.AWS_ACCESS_KEY_ID).not.toBe(stack.credentials.accessKeyId);
    expect(env.TABLE).toMatch(/^Table/);
    expect(env).not.toHaveProperty('SECRET_OF_THE_DEVELOPER');
  });

  test('shares its compiled code with the processes that start after it', async () => {
    await call('/echo');
    const compiled = () => readdirSync(join(testStack.cdkOut, 'compile-cache'), { recursive: true });
    await expect.poll(() => compiled().length).toBeGreaterThan(1);
  });

  test('serves one request at a time in each of at most four processes', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('/echo')));
    const pids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { pid: number }).pid),
    );
    expect(new Set(pids).size).toBeLessThanOrEqual(4);
    expect(pids).toHaveLength(20);
  });
});

describe('a streaming function', () => {
  test('sets status and headers before its body', async () => {
    const response = await call('/stream?kind=status');
    expect(response.status).toBe(206);
    expect(response.headers.get('x-many')).toBe('a, b');
    expect(await response.text()).toBe('begin end');
  });

  test('of middy works', async () => {
    const response = await call('/impatient/x');
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('hello middy');
  });

  test('that fails before its first byte is an integration failure', async () => {
    expect((await call('/stream?kind=early')).status).toBe(502);
  });

  test('that fails after its first byte breaks the connection', async () => {
    const response = await call('/stream?kind=late');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('may send more than a buffered one', async () => {
    const body = await (await call('/stream?bytes=20000000')).arrayBuffer();
    expect(body.byteLength).toBe(20_000_000 + 'begin end'.length);
  });

  test('is aborted after 200 MB', async () => {
    const response = await call('/stream?bytes=230000000');
    await expect(
      (async () => {
        for await (const chunk of response.body ?? []) expect(chunk.length).toBeGreaterThan(0);
      })(),
    ).rejects.toThrow();
  });

  test('notices that its client has closed the connection', async () => {
    const controller = new AbortController();
    const response = await call('/stream?kind=endless', { signal: controller.signal });
    expect(response.status).toBe(200);
    controller.abort();
    await expect.poll(log, { timeout: 5000 }).toContain('the client has gone: endless');
  });

  test('notices that its client has closed the connection before the first byte', async () => {
    await (await call('/stream')).text();
    const signal = AbortSignal.timeout(200);
    await expect(call('/stream?kind=slow-endless', { signal })).rejects.toThrow();
    await expect.poll(log, { timeout: 5000 }).toContain('the client has gone: slow-endless');
  });
});
