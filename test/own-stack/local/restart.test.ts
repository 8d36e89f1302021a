import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../lib/local/lambda/functions.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let running: ChildProcess | undefined;

beforeAll(() => {
  testStack = makeTestStack();
  return () => testStack.remove();
});
beforeEach(() => testStack.renewData());
afterEach(kill);

/** Starts a stack in a separate process. */
async function start(port = '0') {
  const script = path.join(import.meta.dirname, 'run-stack.ts');
  running = spawn(process.execPath, [script, testStack.cdkOut, testStack.dataDir, port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!running.stdout) throw new Error('no stdout');
  const [line] = await once(running.stdout, 'data');
  const { url, credentials } = JSON.parse(String(line)) as { url: string; credentials: Credentials };
  const settings = { region: 'us-east-1', credentials };
  const s3 = new S3Client({
    ...settings,
    endpoint: `${url}/local/s3`,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const dynamoDb = new DynamoDBClient({ ...settings, endpoint: `${url}/local/dynamodb` });
  const { env } = (await (await fetch(`${url}/echo`)).json()) as { env: { TABLE: string; BUCKET: string } };
  const itemsOf = async (pk: string) => {
    const query = new QueryCommand({
      TableName: env.TABLE,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
    });
    return (await dynamoDb.send(query)).Items ?? [];
  };
  return { url, port: new URL(url).port, s3, dynamoDb, itemsOf, ...env };
}

async function kill() {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
}

/** The processes whose command line names this stack’s data directory or code. */
function remainingProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return commandLine.includes(testStack.dataDir) || environment.includes(testStack.cdkOut);
      } catch {
        return false;
      }
    });
}

const POLLING = { timeout: 20_000, interval: 50 };

describe('after kill -9', () => {
  test('objects, items and signed URLs are unchanged', async () => {
    const before = await start();
    await before.s3.send(new PutObjectCommand({ Bucket: before.BUCKET, Key: 'kept', Body: 'here' }));
    await before.dynamoDb.send(
      new PutItemCommand({ TableName: before.TABLE, Item: { pk: { S: 'kept' }, sk: { S: 'here' } } }),
    );
    const url = await getSignedUrl(before.s3, new GetObjectCommand({ Bucket: before.BUCKET, Key: 'kept' }));
    const { keys } = (await (await fetch(`${before.url}/local/jwks.json`)).json()) as { keys: unknown };
    await kill();
    const after = await start(before.port);
    expect(await (await fetch(url)).text()).toBe('here');
    expect(await after.itemsOf('kept')).toHaveLength(1);
    expect(await (await fetch(`${after.url}/local/jwks.json`)).json()).toEqual({ keys });
  });

  test.runIf(process.platform === 'linux')(
    'no process is left, not even one in an endless loop',
    async () => {
      const { url } = await start();
      const looping = fetch(`${url}/trouble/loop`).catch(() => undefined);
      await sleep(500);
      expect(remainingProcesses().length).toBeGreaterThan(2);
      await kill();
      await looping;
      await expect.poll(remainingProcesses, POLLING).toEqual([]);
    },
  );

  test('an interrupted upload has left nothing, and may be sent again', async () => {
    const before = await start();
    const command = new PutObjectCommand({ Bucket: before.BUCKET, Key: 'incoming/half', IfNoneMatch: '*' });
    const url = await getSignedUrl(before.s3, command, { signableHeaders: new Set(['if-none-match']) });
    const request = httpRequest(url, {
      method: 'PUT',
      headers: { 'content-length': 1_000_000, 'if-none-match': '*' },
    });
    request.on('error', () => undefined);
    request.write('x'.repeat(500_000));
    const blobs = () =>
      readdirSync(path.join(testStack.dataDir, 'blobs'), { recursive: true, withFileTypes: true }).filter(
        (file) => file.isFile(),
      );
    await expect.poll(blobs, POLLING).toHaveLength(1);
    await kill();
    const after = await start(before.port);
    expect(blobs()).toEqual([]);
    const { Contents = [] } = await after.s3.send(new ListObjectsV2Command({ Bucket: after.BUCKET }));
    expect(Contents).toEqual([]);
    const again = await fetch(url, { method: 'PUT', headers: { 'if-none-match': '*' }, body: 'whole' });
    expect(again.status).toBe(200);
  });

  test('an event whose function was running is delivered again', async () => {
    const before = await start();
    await before.s3.send(new PutObjectCommand({ Bucket: before.BUCKET, Key: 'incoming/slow', Body: 'x' }));
    await sleep(600); // in the middle of the function's second
    await kill();
    const after = await start();
    await expect.poll(() => after.itemsOf('arrived/incoming/slow'), POLLING).toHaveLength(1);
  });

  test('a change that the stream had not delivered is delivered', async () => {
    const before = await start();
    const item = { pk: { S: 'watched/last' }, sk: { S: 'x' } };
    await before.dynamoDb.send(new PutItemCommand({ TableName: before.TABLE, Item: item }));
    await kill();
    const after = await start();
    await expect.poll(() => after.itemsOf('seen/watched/last'), POLLING).toHaveLength(1);
  });
});

test('the first change of a recreated table is delivered', async () => {
  const item = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
  const before = await start();
  for (const pk of ['watched/1', 'watched/2', 'watched/3']) {
    await before.dynamoDb.send(new PutItemCommand({ TableName: before.TABLE, Item: item(pk) }));
  }
  await expect.poll(() => before.itemsOf('seen/watched/3'), POLLING).toHaveLength(1);
  await kill();
  // As by someone who wants to start with an empty table; the queues and the objects are kept.
  await expect.poll(remainingProcesses, POLLING).toEqual([]);
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(path.join(testStack.dataDir, `dynamodb.sqlite${suffix}`), { force: true });
  }
  const after = await start();
  expect(await after.itemsOf('seen/watched/3')).toEqual([]);
  await after.dynamoDb.send(new PutItemCommand({ TableName: after.TABLE, Item: item('watched/first') }));
  await expect.poll(() => after.itemsOf('seen/watched/first'), POLLING).toHaveLength(1);
});

describe('a start that cannot succeed names the reason in one sentence', () => {
  const failure = async (options = {}) => {
    const error = await testStack.start(options).then(
      async (stack) => {
        await stack.close();
        throw new Error('it started');
      },
      (reason: unknown) => reason as Error,
    );
    expect(error).toHaveProperty('name', 'StartError');
    return error.message;
  };

  test('if its port is used', async () => {
    const { port } = await start();
    expect(await failure({ port: Number(port), dataDir: `${testStack.dataDir}-2` })).toBe(
      `Port ${port} is taken: stop what uses it, or choose another with --port.`,
    );
  });

  test('if its data directory is used by another stack', async () => {
    await start();
    expect(await failure()).toMatch(/^Another local stack uses the data directory/);
  });

  test('if its data directory cannot be written', async () => {
    const file = path.join(testStack.dir, 'a-file');
    writeFileSync(file, '');
    expect(await failure({ dataDir: path.join(file, 'data') })).toMatch(/is not writable: /);
    expect(await failure({ dataDir: '/proc/data' })).toMatch(/is not writable: /);
  });

  test.each([
    ['state.sqlite', /state file .* is damaged/],
    ['dynamodb.sqlite', /dynamodb\.sqlite/],
    ['issuer-key.pem', /key .* is damaged/],
    ['credentials-secret', /credentials-secret is damaged/],
  ])('if %s is damaged', async (name, expected) => {
    await (await testStack.start()).close();
    writeFileSync(path.join(testStack.dataDir, name), 'garbage '.repeat(1000));
    for (const suffix of ['-wal', '-shm'])
      rmSync(path.join(testStack.dataDir, name + suffix), { force: true });
    expect(await failure()).toMatch(expected);
  });

  test('if there is no template', async () => {
    expect(await failure({ cdkOut: testStack.dir })).toMatch(
      /cannot read .*manifest\.json, which CDK should have written/,
    );
  });

  test('if the template has a value that it cannot resolve', async () => {
    const file = path.join(testStack.cdkOut, 'Negatoscope.template.json');
    const original = readFileSync(file, 'utf8');
    const template = JSON.parse(original);
    const echo =
      Object.keys(template.Resources).find(
        (name) => /^echo/.test(name) && template.Resources[name].Type.includes('Function'),
      ) ?? '';
    template.Resources[echo].Properties.Environment.Variables.ODD = { 'Fn::ImportValue': 'elsewhere' };
    writeFileSync(file, JSON.stringify(template));
    try {
      expect(await failure()).toMatch(/cannot resolve Fn::ImportValue/);
    } finally {
      writeFileSync(file, original);
    }
  });
});

test('objects that a lifecycle rule has expired are deleted after a start, others are not', async () => {
  const before = await start();
  for (const Key of ['temporary/old', 'temporary/new', 'other/old']) {
    await before.s3.send(new PutObjectCommand({ Bucket: before.BUCKET, Key, Body: 'x' }));
  }
  await kill();
  const db = new DatabaseSync(path.join(testStack.dataDir, 'state.sqlite'));
  db.prepare(`UPDATE objects SET modified_at = ? WHERE key LIKE '%old'`).run(
    Date.now() - 25 * 60 * 60 * 1000,
  );
  db.close();
  const after = await start();
  const { Contents = [] } = await after.s3.send(new ListObjectsV2Command({ Bucket: after.BUCKET }));
  expect(Contents.map(({ Key }) => Key)).toEqual(['other/old', 'temporary/new']);
});

test('a start reports each of its phases', async () => {
  const phases: string[] = [];
  const stack = await testStack.start({ onPhase: (phase: string) => phases.push(phase) });
  await stack.close();
  expect(phases).toEqual([
    'Opening the port and the data directory',
    'Starting DynamoDB',
    'Starting S3 and the queues',
    'Starting the functions',
  ]);
});

test('closing ends everything that was started', async () => {
  const stack = await testStack.start();
  await fetch(`${stack.url}/echo`);
  await stack.close();
  await expect(fetch(stack.url)).rejects.toThrow();
  if (process.platform === 'linux') await expect.poll(remainingProcesses, POLLING).toEqual([]);
});
