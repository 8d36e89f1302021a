import { readFileSync } from 'node:fs';
import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
let s3: S3Client;
let dynamoDb: DynamoDBClient;
let env: { TABLE: string; BUCKET: string };
beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start({ faults: 'seed=7' });
  // One attempt: what a fault is, and not how the SDK hides it.
  const settings = { region: 'us-east-1', credentials: stack.credentials, maxAttempts: 1 };
  s3 = new S3Client({
    ...settings,
    endpoint: stack.s3Endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  dynamoDb = new DynamoDBClient({ ...settings, endpoint: stack.dynamoDbEndpoint });
  ({ env } = (await (await fetch(`${stack.url}/echo`)).json()) as { env: typeof env });
});
afterEach(() => stack.faults.set(''));
afterAll(async () => {
  s3.destroy();
  dynamoDb.destroy();
  await stack.close();
  testStack.remove();
});

const POLLING = { timeout: 10_000, interval: 50 };
const keyOf = (pk: string, sk = 'x') => ({ pk: { S: pk }, sk: { S: sk } });
const put = (pk: string, sk?: string) =>
  dynamoDb.send(new PutItemCommand({ TableName: env.TABLE, Item: keyOf(pk, sk) }));
const itemsOf = async (pk: string) => {
  const query = new QueryCommand({
    TableName: env.TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  });
  return (await dynamoDb.send(query)).Items ?? [];
};
const object = (Key: string, Body = 'hello') => new PutObjectCommand({ Bucket: env.BUCKET, Key, Body });
const exists = (Key: string) =>
  s3.send(new HeadObjectCommand({ Bucket: env.BUCKET, Key })).then(
    () => true,
    () => false,
  );
/** The error of a call that must fail. */
const failure = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error) => error,
  );
/** Sets the faults, and gives the number of times that one has happened since. */
const inject = (list: string) => {
  const before = stack.faults.counts();
  stack.faults.set(`seed=7,${list}`);
  return (name: string) => (stack.faults.counts()[name] ?? 0) - (before[name] ?? 0);
};
const asFunction = (command: string, input: object, client = 'dynamodb') =>
  fetch(`${stack.url}/data`, { method: 'POST', body: JSON.stringify({ client, command, input }) });

describe('DynamoDB', () => {
  test('throttles by both of its errors, and the write has no effect', async () => {
    const count = inject('throttling=1@dynamodb:PutItem');
    const errors = [];
    for (let index = 0; index < 10; index += 1) errors.push(await failure(put('throttled')));
    expect(new Set(errors.map(({ name }) => name))).toEqual(
      new Set(['ThrottlingException', 'ProvisionedThroughputExceededException']),
    );
    expect(errors[0].$metadata.httpStatusCode).toBe(400);
    expect(count('throttling')).toBe(10);
    expect(await itemsOf('throttled')).toEqual([]);
  });

  test('refuses a conflict with a transaction, for one item of a transaction', async () => {
    inject('transaction-conflict=1');
    expect(await failure(put('conflict'))).toHaveProperty('name', 'TransactionConflictException');
    const puts = ['conflict', 'conflict-2'].map((pk) => ({
      Put: { TableName: env.TABLE, Item: keyOf(pk) },
    }));
    const error = await failure(dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: puts })));
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    expect(await itemsOf('conflict')).toEqual([]);
  });

  test('fails with an internal error, without an effect', async () => {
    inject('internal-error=#1@dynamodb');
    const error = await failure(put('internal'));
    expect(error).toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
    expect(await itemsOf('internal')).toEqual([]);
  });

  test('does a write whose acknowledgement is lost, by a broken connection or a 500', async () => {
    const count = inject('lost-acknowledgement=1@dynamodb');
    const names = new Set<string>();
    for (let index = 0; index < 8; index += 1) {
      const error = await failure(put('unacknowledged', `${index}`));
      names.add(error.code ?? error.name);
    }
    expect(names).toEqual(new Set(['ECONNRESET', 'InternalServerError']));
    expect(count('lost-acknowledgement')).toBe(8);
    expect(await itemsOf('unacknowledged')).toHaveLength(8);
  });

  test('fails at one table and for one function only', async () => {
    inject('internal-error=1@dynamodb+table:Table+function:data');
    await put('own');
    expect(await itemsOf('own')).toHaveLength(1);
    const answer = await asFunction('PutItemCommand', { TableName: env.TABLE, Item: keyOf('theirs') });
    expect(await answer.json()).toEqual({ error: 'InternalServerError', status: 500 });
    expect(await itemsOf('theirs')).toEqual([]);
  });

  test('is as before when the faults end, and a retry of the SDK hides a single one', async () => {
    const count = inject('throttling=#1@function:data');
    const answer = await asFunction('PutItemCommand', { TableName: env.TABLE, Item: keyOf('again') });
    expect(await answer.json()).not.toHaveProperty('error');
    expect(count('throttling')).toBe(1);
    expect(await itemsOf('again')).toHaveLength(1);
  });
});

describe('S3', () => {
  test.each([
    ['throttling', 'SlowDown', 503],
    ['internal-error', 'InternalError', 500],
    ['kms-throttling', 'KMS.ThrottlingException', 400],
  ])('answers %s before the body, and stores nothing', async (fault, name, httpStatusCode) => {
    inject(`${fault}=1@s3:PutObject`);
    const error = await failure(s3.send(object(`refused/${fault}`)));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(await exists(`refused/${fault}`)).toBe(false);
  });

  test('refuses the signed PUT of a browser, which may read the answer', async () => {
    inject('throttling=1@signed-url');
    const url = await getSignedUrl(s3, object('refused/browser'));
    const headers = { origin: 'https://clinic.example' };
    const answer = await fetch(url, { method: 'PUT', body: 'hello', headers });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://clinic.example');
    expect(await answer.text()).toContain('<Code>SlowDown</Code>');
    await s3.send(object('accepted/own'));
    expect(await exists('refused/browser')).toBe(false);
  });

  test.each([20, 3_000_000])('breaks a GET of %d bytes off in its body', async (bytes) => {
    await s3.send(object('truncated', 'x'.repeat(bytes)));
    inject('truncated-body=#1');
    const { Body, ContentLength } = await s3.send(
      new GetObjectCommand({ Bucket: env.BUCKET, Key: 'truncated' }),
    );
    expect(ContentLength).toBe(bytes);
    await expect(Body?.transformToByteArray()).rejects.toThrow();
    const whole = await s3.send(new GetObjectCommand({ Bucket: env.BUCKET, Key: 'truncated' }));
    expect(await whole.Body?.transformToByteArray()).toHaveLength(bytes);
  });

  test('stores, copies and deletes an object although the acknowledgement is lost', async () => {
    const count = inject('lost-acknowledgement=1@s3');
    expect(await failure(s3.send(object('unacknowledged')))).toHaveProperty('code', 'ECONNRESET');
    expect(await exists('unacknowledged')).toBe(true);
    const CopySource = `${env.BUCKET}/unacknowledged`;
    await failure(s3.send(new CopyObjectCommand({ Bucket: env.BUCKET, Key: 'copy', CopySource })));
    expect(await exists('copy')).toBe(true);
    await failure(s3.send(new DeleteObjectCommand({ Bucket: env.BUCKET, Key: 'copy' })));
    expect(await exists('copy')).toBe(false);
    expect(count('lost-acknowledgement')).toBe(3);
  });
});

describe('A function is killed', () => {
  const write = (pk: string) => asFunction('PutItemCommand', { TableName: env.TABLE, Item: keyOf(pk) });

  test('before a call has its effect', async () => {
    const count = inject('kill=data@before:dynamodb:PutItem');
    expect((await write('killed/before')).status).toBe(502);
    expect(count('kill-before')).toBe(1);
    expect(await itemsOf('killed/before')).toEqual([]);
    expect((await write('killed/before')).status).toBe(200);
  });

  test('after the effect of the n-th call, before its answer', async () => {
    const count = inject('kill=data@after:dynamodb:PutItem#2');
    expect((await write('killed/first')).status).toBe(200);
    expect((await write('killed/second')).status).toBe(502);
    expect(count('kill-after')).toBe(1);
    expect(await itemsOf('killed/second')).toHaveLength(1);
  });

  test('at a call of S3, before and after', async () => {
    const input = { Bucket: env.BUCKET, Key: 'granted/killed', Body: 'hello' };
    inject('kill=data@before:s3:PutObject,kill=data@after:s3:PutObject#1');
    expect((await asFunction('PutObjectCommand', input, 's3')).status).toBe(502);
    expect(await exists('granted/killed')).toBe(false);
    expect((await asFunction('PutObjectCommand', input, 's3')).status).toBe(502);
    expect(await exists('granted/killed')).toBe(true);
  });

  test('in the process that calls, and in no other one', async () => {
    const slow = fetch(`${stack.url}/trouble/slow`);
    const count = inject('kill=data@before:dynamodb:PutItem=0.5');
    const answers = await Promise.all(Array.from({ length: 12 }, (_one, index) => write(`many/${index}`)));
    const killed = answers.filter(({ status }) => status === 502).length;
    expect(killed).toBe(count('kill-before'));
    expect(killed).toBeGreaterThan(0);
    expect(killed).toBeLessThan(12);
    expect((await slow).status).toBe(200);
  });

  test('and gets its message again', async () => {
    const count = inject('kill=arrived@after:dynamodb:PutItem');
    await s3.send(object('incoming/killed'));
    await expect
      .poll(() => itemsOf('arrived/incoming/killed'), POLLING)
      .toMatchObject([{ count: { S: '2' } }]);
    expect(count('kill-after')).toBe(1);
  });
});

describe('Events', () => {
  /** What a function has logged of its events, in the order of its invocations. */
  const seen = (prefix: string) =>
    [...readFileSync(stack.logFile, 'utf8').matchAll(/ \w+: (?:arrived|changed) (.+)$/gm)]
      .map(([, event = '']) => event)
      .filter((event) => event.startsWith(prefix));
  const store = (key: string) => s3.send(object(`incoming/${key}`));

  test('of S3 are lost', async () => {
    const count = inject('loss=#1@s3');
    await store('lost-1');
    await store('lost-2');
    await expect.poll(() => seen('incoming/lost'), POLLING).toEqual(['incoming/lost-2']);
    expect(count('loss')).toBe(1);
  });

  test('of S3 come late, and later ones overtake them', async () => {
    const count = inject('delay=#1:1s@s3+queue:Arrivals');
    await store('late-1');
    await store('late-2');
    await expect.poll(() => seen('incoming/late'), POLLING).toEqual(['incoming/late-2', 'incoming/late-1']);
    expect(count('delay')).toBe(1);
  });

  test('of S3 come in another order', async () => {
    const count = inject('reordering=0.5@s3');
    const keys = Array.from({ length: 8 }, (_one, index) => `order-${index}`);
    for (const key of keys) await store(key);
    await expect.poll(() => seen('incoming/order').length, POLLING).toBe(8);
    expect(seen('incoming/order')).not.toEqual(seen('incoming/order').sort());
    expect(count('reordering')).toBeGreaterThan(0);
  });

  test.each(['s3', 'sqs'])('of %s come twice', async (source) => {
    const count = inject(`duplicate=#1@${source}`);
    await store(`twice-${source}`);
    await expect.poll(() => seen(`incoming/twice-${source}`), POLLING).toHaveLength(2);
    expect(count('duplicate')).toBe(1);
  });

  test('of a stream come twice, after a delay', async () => {
    const count = inject('duplicate=#1@stream,delay=#1:200ms@stream+table:Table+function:changed');
    await put('watched/twice');
    const event = 'watched/twice INSERT';
    await expect.poll(() => seen('watched/twice'), POLLING).toEqual([event, event]);
    expect([count('duplicate'), count('delay')]).toEqual([1, 1]);
  });

  test('of a stream come in another order, but those of one item do not', async () => {
    const count = inject('reordering=#1@stream');
    const remove = () =>
      dynamoDb.send(new DeleteItemCommand({ TableName: env.TABLE, Key: keyOf('watched/order-2') }));
    await put('watched/order-1');
    await put('watched/order-2');
    await remove();
    await expect
      .poll(() => seen('watched/order'), POLLING)
      .toEqual(['watched/order-2 INSERT', 'watched/order-2 REMOVE', 'watched/order-1 INSERT']);
    expect(count('reordering')).toBe(1);
  });
});

test('A stack refuses a list that names what it does not have', async () => {
  await expect(
    testStack.start({ faults: 'throttling=1@table:Orders', dataDir: `${testStack.dataDir}-2` }),
  ).rejects.toThrow(/names no table of Table/);
});
