import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
let s3: S3Client;
let dynamoDb: DynamoDBClient;
let env: { TABLE: string; BUCKET: string };

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
  const settings = { region: 'us-east-1', credentials: stack.credentials };
  s3 = new S3Client({
    ...settings,
    endpoint: stack.s3Endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  dynamoDb = new DynamoDBClient({ ...settings, endpoint: stack.dynamoDbEndpoint });
  ({ env } = (await (await fetch(`${stack.url}/echo`)).json()) as { env: typeof env });
});
afterAll(async () => {
  s3.destroy();
  dynamoDb.destroy();
  await stack.close();
  testStack.remove();
});

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: env.BUCKET, Key, Body }));
const itemsOf = async (pk: string) => {
  const query = new QueryCommand({
    TableName: env.TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  });
  return (await dynamoDb.send(query)).Items ?? [];
};
const write = (pk: string, sk: string) =>
  dynamoDb.send(new PutItemCommand({ TableName: env.TABLE, Item: { pk: { S: pk }, sk: { S: sk } } }));
const POLLING = { timeout: 20_000, interval: 50 };

describe('an object that is stored', () => {
  test('invokes the queue’s function with size, ETag, and its key encoded as in S3', async () => {
    await put('incoming/a b+é.png', 'hello');
    await expect
      .poll(() => itemsOf('arrived/incoming/a+b%2B%C3%A9.png'), POLLING)
      .toMatchObject([
        { sk: { S: 'ObjectCreated:Put' }, size: { N: '5' }, etag: { S: '5d41402abc4b2a76b9719d911017c592' } },
      ]);
  });

  test('by copy names that event', async () => {
    await put('elsewhere/source', 'hello');
    const CopySource = `${env.BUCKET}/elsewhere/source`;
    await s3.send(new CopyObjectCommand({ Bucket: env.BUCKET, Key: 'incoming/copy', CopySource }));
    await expect
      .poll(() => itemsOf('arrived/incoming/copy'), POLLING)
      .toMatchObject([{ sk: { S: 'ObjectCreated:Copy' } }]);
    expect(await itemsOf('arrived/elsewhere/source')).toEqual([]);
  });

  test('and fails is put into the dead-letter queue, and blocks no other', async () => {
    await Promise.all([put('incoming/poison', 'x'), put('incoming/fine', 'x')]);
    await expect.poll(() => itemsOf('arrived/incoming/fine'), POLLING).toHaveLength(1);
    const dead = async () =>
      (await itemsOf('dead')).map(({ sk }) => `${sk?.S}`).filter((body) => body.includes('poison'));
    await expect.poll(dead, POLLING).toHaveLength(1);
    expect(await itemsOf('arrived/incoming/poison')).toEqual([]);
  });
});

describe('an item that changes', () => {
  test('invokes the stream’s function if it matches the filter', async () => {
    await write('unwatched/1', 'x');
    await write('watched/1', 'x');
    await expect.poll(() => itemsOf('seen/watched/1'), POLLING).toMatchObject([{ sk: { S: 'INSERT' } }]);
    await write('watched/1', 'x'); // no change, no event; a MODIFY would not match the filter either
    await dynamoDb.send(
      new DeleteItemCommand({ TableName: env.TABLE, Key: { pk: { S: 'watched/1' }, sk: { S: 'x' } } }),
    );
    await expect
      .poll(() => itemsOf('seen/watched/1'), POLLING)
      .toMatchObject([{ sk: { S: 'INSERT' } }, { sk: { S: 'REMOVE' } }]);
    expect(await itemsOf('seen/unwatched/1')).toEqual([]);
  });

  test('and fails is written into the bucket of failures as a whole, after its retries', async () => {
    await Promise.all([write('watched/2', 'poison'), write('watched/3', 'x'), write('watched/4', 'x')]);
    const given = async () =>
      (await s3.send(new ListObjectsV2Command({ Bucket: env.BUCKET, Prefix: 'aws/lambda/' }))).Contents ?? [];
    await expect.poll(given, POLLING).toHaveLength(1);
    const [{ Key = '' } = {}] = await given();
    expect(Key).toMatch(/^aws\/lambda\/OnChange\/[^/]+\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\da-f-]{36}$/);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: env.BUCKET, Key }));
    const { payload, ...about } = JSON.parse((await Body?.transformToString()) ?? '');
    expect(about).toMatchObject({
      requestContext: {
        condition: 'RetryAttemptsExhausted',
        functionArn: expect.stringContaining(':function:'),
      },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
    expect(JSON.parse(payload).Records).toMatchObject([
      {
        eventName: 'INSERT',
        dynamodb: { Keys: { pk: { S: 'watched/2' } }, NewImage: { sk: { S: 'poison' } } },
      },
    ]);
    await expect.poll(() => itemsOf('seen/watched/3'), POLLING).toHaveLength(1);
    await expect.poll(() => itemsOf('seen/watched/4'), POLLING).toHaveLength(1);
  });
});
