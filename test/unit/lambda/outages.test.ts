import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { handler as deleteBatch } from '../../../functions/batches/delete-batch/handler.ts';
import { handler as getBatch } from '../../../functions/batches/get-batch/handler.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';

const ID = '018f2d5e-7a30-7cc3-9f61-4a2b6c8d0e1f';

/** The error that DynamoDB gives for each table; others have done what was asked. */
let failing: Record<string, 'silence' | { status: number; name: string }> = {};

const server = http.createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
  const failure = Object.entries(failing).find(([table]) => body.includes(`"${table}"`))?.[1];
  if (failure === 'silence') return;
  response.writeHead(failure?.status ?? 200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(
    JSON.stringify(
      failure ? { __type: `com.amazonaws.dynamodb.v20120810#${failure.name}` } : { Attributes: {} },
    ),
  );
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    TABLE_NAME: 'things',
    AUDIT_TABLE_NAME: 'audit',
    AUDIT_DAYS: '365',
    REQUESTS_TABLE_NAME: 'requests',
    LIMITS: JSON.stringify(Limits.parse({})),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const send = async (handler: typeof getBatch | typeof deleteBatch, httpMethod: string) => {
  const event = {
    httpMethod,
    path: `/api/images/batches/${ID}`,
    headers: { host: 'images.clinic.example' },
    pathParameters: { id: ID },
    requestContext: {
      requestId: 'r',
      path: `/api/images/batches/${ID}`,
      authorizer: {
        caller: JSON.stringify({ role: 'doctor', subject: 'd' }),
        expiresAt: String(Date.now() / 1000 + 60),
      },
    },
  } as unknown as APIGatewayProxyEvent;
  const { statusCode, headers, body } = await handler(event, {} as Context);
  return { status: statusCode, retryAfter: headers['retry-after'], body: JSON.parse(String(body)) };
};

test.each([
  { status: 400, name: 'ThrottlingException' },
  { status: 400, name: 'ProvisionedThroughputExceededException' },
  { status: 500, name: 'InternalServerError' },
  { status: 503, name: 'ServiceUnavailable' },
])('If the table answers $status $name, the client is asked to try again', async (failure) => {
  failing = { things: failure };
  expect(await send(getBatch, 'GET')).toEqual({
    status: 503,
    retryAfter: '5',
    body: {
      statusCode: 503,
      message: expect.stringContaining('Please try again'),
      error: 'Service Unavailable',
      details: [],
    },
  });
});

test.each(['AccessDeniedException', 'ValidationException', 'ResourceNotFoundException'])(
  'If the table answers 400 %s, another attempt would not help',
  async (name) => {
    failing = { things: { status: 400, name } };
    expect(await send(getBatch, 'GET')).toMatchObject({ status: 500, retryAfter: undefined });
  },
);

test.each([
  ['the table', { things: 'silence' }],
  ['the audit log', { audit: 'silence' }],
  ['everything', { things: 'silence', audit: 'silence', requests: 'silence' }],
] as const)(
  'If %s does not answer, the client gets 503 before the function times out',
  async (_what, silent) => {
    failing = silent;
    const start = performance.now();
    expect(await send(deleteBatch, 'DELETE')).toMatchObject({ status: 503, retryAfter: '5' });
    expect(performance.now() - start).toBeLessThan(10_000);
  },
);
