import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DomainError } from '../../../lib/domain/errors.ts';
import { isTransient } from '../../../lib/lambda/is-transient.ts';
import { Objects } from '../../../lib/storage/objects.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';

/** The response of the server to all requests; undefined closes the connection. */
let answer: { status: number; body: string } | undefined;

const server = http.createServer((request, response) => {
  if (!answer) return request.socket.destroy();
  request.resume().on('end', () => response.writeHead(answer?.status ?? 0).end(answer?.body));
});
let endpoint: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => {
      throw new Error('this must fail');
    },
    (error: unknown) => error,
  );

describe('An error of DynamoDB', () => {
  const write = () =>
    failureOf(
      new DynamoDBClient({ endpoint, maxAttempts: 1 }).send(
        new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: 't', Key: {} } }] }),
      ),
    );
  const errorOf = (name: string, more: object = {}) =>
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no', ...more });
  const cancelled = (...reasons: string[]) =>
    errorOf('TransactionCanceledException', {
      CancellationReasons: reasons.map((Code) => ({ Code, Message: 'no' })),
    });

  test.each<[string, number, string, boolean]>([
    ['a throttled request', 400, errorOf('ThrottlingException'), true],
    ['too much throughput', 400, errorOf('ProvisionedThroughputExceededException'), true],
    ['the limit of requests', 400, errorOf('RequestLimitExceeded'), true],
    ['a failure of the server', 500, errorOf('InternalServerError'), true],
    ['an unavailable server', 503, '', true],
    ['a throttled key', 400, errorOf('KMSThrottlingException'), true],
    ['a write that met a transaction', 400, errorOf('TransactionConflictException'), true],
    ['a conflict of transactions', 400, cancelled('None', 'TransactionConflict'), true],
    ['throttled items', 400, cancelled('ThrottlingError', 'ProvisionedThroughputExceeded'), true],
    ['a failed condition', 400, cancelled('TransactionConflict', 'ConditionalCheckFailed'), false],
    ['an item that is too large', 400, cancelled('ValidationError'), false],
    ['an invalid request', 400, errorOf('ValidationException'), false],
    ['denied access', 400, errorOf('AccessDeniedException'), false],
    ['a missing table', 400, errorOf('ResourceNotFoundException'), false],
    ['a key that may not be used', 400, errorOf('InaccessibleEncryptionCredentialsException'), false],
  ])('about %s (%i)', async (_what, status, body, expected) => {
    answer = { status, body };
    const error = await write();
    expect(error).toMatchObject({ $metadata: { httpStatusCode: status } });
    expect(isTransient(error)).toBe(expected);
  });

  test('about a connection that is closed passes', async () => {
    answer = undefined;
    expect(isTransient(await write())).toBe(true);
  });
});

describe('An error of S3, by a signed URL and by the SDK,', () => {
  const xml = (code: string) =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;

  test.each<[string, number, boolean]>([
    ['SlowDown', 503, true],
    ['InternalError', 500, true],
    ['RequestTimeout', 400, true],
    ['ThrottlingException', 400, true],
    ['OperationAborted', 409, true],
    ['AccessDenied', 403, false],
    ['InvalidArgument', 400, false],
    ['KMS.DisabledException', 400, false],
    ['NotImplemented', 501, false],
  ])('%s (%i)', async (code, status, expected) => {
    answer = { status, body: xml(code) };
    const signed = await failureOf(new SignedObjects('bucket').read('images/1'));
    expect(signed).toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
    const bySdk = await failureOf(new Objects('bucket').read('images/1'));
    expect([isTransient(signed), isTransient(bySdk)]).toEqual([expected, expected]);
  });

  test('without a body passes if its status does, and if there is no response', async () => {
    answer = { status: 503, body: '' };
    expect(isTransient(await failureOf(new SignedObjects('bucket').read('images/1')))).toBe(true);
    answer = undefined;
    expect(isTransient(await failureOf(new SignedObjects('bucket').read('images/1')))).toBe(true);
  });
});

test('An error passes if its cause does, and any other error does not', () => {
  const cause = Object.assign(new Error('no'), { name: 'TransactionConflictException' });
  expect(isTransient(new Error('not stored', { cause }))).toBe(true);
  expect(isTransient(new TypeError('x is undefined'))).toBe(false);
  expect(isTransient(new DomainError('NOT_FOUND', 'There is no such image.'))).toBe(false);
  expect(isTransient('SlowDown')).toBe(false);
});
