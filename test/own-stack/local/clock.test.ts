import { readFileSync } from 'node:fs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const POLLING = { timeout: 10_000, interval: 50 };

let testStack: TestStack;
let stack: LocalStack;
let s3: S3Client;
let dynamoDb: DynamoDBClient;
let env: { TABLE: string; BUCKET: string };
beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start({ faults: 'clock=+2d' });
  dynamoDb = new DynamoDBClient({
    region: 'us-east-1',
    credentials: stack.credentials,
    endpoint: stack.dynamoDbEndpoint,
  });
  ({ env } = await echo());
});
beforeEach(() => {
  // With the machine's time, from which the SDK finds the stack's by the header `date`.
  s3 = new S3Client({
    region: 'us-east-1',
    credentials: stack.credentials,
    endpoint: stack.s3Endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return () => s3.destroy();
});
afterAll(async () => {
  dynamoDb.destroy();
  await stack.close();
  testStack.remove();
});

const echo = async (path = '/echo', headers = {}) =>
  (await (await fetch(`${stack.url}${path}`, { headers })).json()) as {
    env: typeof env;
    times: number[];
    remaining: number;
    event: { requestContext: { requestTimeEpoch: number; authorizer: { asked: string } } };
  };
const store = (Key: string, Body = 'hello') =>
  s3.send(new PutObjectCommand({ Bucket: env.BUCKET, Key, Body }));
const exists = (Key: string) =>
  s3.send(new HeadObjectCommand({ Bucket: env.BUCKET, Key })).then(
    () => true,
    () => false,
  );
const logged = () => readFileSync(stack.logFile, 'utf8');

describe('The clock of a stack', () => {
  test('starts ahead of the machine’s time, and goes forward only', async () => {
    expect(stack.clock.shiftMs).toBe(2 * dayMs);
    await expect(stack.clock.advance(-1)).rejects.toThrow(/0 or more/);
  });

  test('is that of its functions and of their events, with the time that they have left', async () => {
    for (const expected of [2 * dayMs, 2 * dayMs + hourMs]) {
      const { times, remaining, event } = await echo();
      for (const time of [...times, event.requestContext.requestTimeEpoch]) {
        expect(Math.abs(time - Date.now() - expected)).toBeLessThan(minuteMs);
      }
      expect(remaining).toBeGreaterThan(1000);
      expect(remaining).toBeLessThanOrEqual(10_000);
      if (expected === 2 * dayMs) await stack.clock.advance(hourMs);
    }
  });

  test('is that of signatures: a function’s are valid, and those of a client with the machine’s time once it knows', async () => {
    for (const call of [
      {
        client: 's3',
        command: 'PutObjectCommand',
        input: { Bucket: env.BUCKET, Key: 'granted/a', Body: 'x' },
      },
      {
        client: 'dynamodb',
        command: 'PutItemCommand',
        input: { TableName: env.TABLE, Item: { pk: { S: 'own' }, sk: { S: 'x' } } },
      },
    ]) {
      const answer = await fetch(`${stack.url}/data`, { method: 'POST', body: JSON.stringify(call) });
      expect(await answer.json()).not.toHaveProperty('error');
    }
    await store('by-machine-time');
    expect(await exists('by-machine-time')).toBe(true);
    // After each step of the clock too: the function's client has the offset of its last answer.
    await stack.clock.advance(dayMs);
    const call = {
      client: 's3',
      command: 'PutObjectCommand',
      input: { Bucket: env.BUCKET, Key: 'granted/b', Body: 'x' },
    };
    const answer = await fetch(`${stack.url}/data`, { method: 'POST', body: JSON.stringify(call) });
    expect(await answer.json()).not.toHaveProperty('error');
  });

  test('ends a signed URL', async () => {
    await store('signed');
    const command = new GetObjectCommand({ Bucket: env.BUCKET, Key: 'signed' });
    const url = await getSignedUrl(s3, command, { expiresIn: 600, signingDate: new Date(stack.clock.now()) });
    expect((await fetch(url)).status).toBe(200);
    await stack.clock.advance(11 * minuteMs);
    const answer = await fetch(url);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Request has expired');
  });

  test('ends a token', async () => {
    const token = await stack.token(
      'doctor',
      { aud: 'negatoscope-local-refresh', token_use: 'refresh' },
      3600,
    );
    const { exp = 0 } = decodeJwt(token);
    expect(exp * 1000).toBeGreaterThan(Date.now() + 2 * dayMs);
    const refresh = async () => {
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token });
      return (await fetch(`${stack.url}/local/token`, { method: 'POST', body })).status;
    };
    expect(await refresh()).toBe(200);
    await stack.clock.advance(2 * hourMs);
    expect(await refresh()).toBe(400);
  });

  test('ends the cached result of an authorizer', async () => {
    const asked = async () =>
      (await echo('/private', { authorization: 'doctor' })).event.requestContext.authorizer.asked;
    const first = await asked();
    expect(await asked()).toBe(first);
    await stack.clock.advance(61_000);
    expect(await asked()).not.toBe(first);
  });

  test('makes a hidden message visible', async () => {
    stack.faults.set('delay=#1:1h@s3');
    await store('incoming/hidden');
    await stack.clock.advance(59 * minuteMs);
    await store('incoming/next');
    await expect.poll(logged, POLLING).toContain('arrived incoming/next');
    expect(logged()).not.toContain('arrived incoming/hidden');
    await stack.clock.advance(minuteMs);
    await expect.poll(logged, POLLING).toContain('arrived incoming/hidden');
    stack.faults.set('');
  });

  test('ends an object under a lifecycle rule, and no other one', async () => {
    await store('temporary/old');
    await store('kept/old');
    await stack.clock.advance(25 * hourMs);
    expect(await exists('temporary/old')).toBe(false);
    expect(await exists('kept/old')).toBe(true);
  });

  test('ends an item by Time to Live, with DynamoDB as its user in the stream', async () => {
    const expiresAt = Math.floor((Date.now() + stack.clock.shiftMs + dayMs) / 1000);
    const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
    for (const [pk, ttl] of [
      ['watched/expired', expiresAt],
      ['watched/later', expiresAt + 2 * 24 * 3600],
    ] as const) {
      const Item = { ...keyOf(pk), expiresAt: { N: String(ttl) } };
      await dynamoDb.send(new PutItemCommand({ TableName: env.TABLE, Item }));
    }
    const isThere = async (pk: string) =>
      (await dynamoDb.send(new GetItemCommand({ TableName: env.TABLE, Key: keyOf(pk) }))).Item !== undefined;
    await stack.clock.advance(23 * hourMs);
    expect(await isThere('watched/expired')).toBe(true);
    await stack.clock.advance(2 * hourMs);
    expect(await isThere('watched/expired')).toBe(false);
    expect(await isThere('watched/later')).toBe(true);
    await expect
      .poll(logged, POLLING)
      .toContain('changed watched/expired REMOVE by Service dynamodb.amazonaws.com');
    expect(logged()).not.toContain('INSERT by');
  });
});
