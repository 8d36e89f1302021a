import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { type Credential, ServiceClient } from '../../../lib/cli/service-client.ts';
import { RenewableToken } from '../../../lib/cli/sign-in/renewable-token.ts';

/** Sends a request to a server that first gives these answers, and then 200. */
async function sendThrough(
  answers: readonly { status: number; retryAfter?: string }[],
  token: Credential = 'token',
) {
  const keys: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    const answer = answers[keys.length];
    keys.push(headers['idempotency-key']);
    if (!answer) return response.end('{"done":true}');
    response.writeHead(
      answer.status,
      answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter },
    );
    // API Gateway's own errors are not the service's JSON.
    response.end('<html>error</html>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const waits: number[] = [];
  try {
    const client = new ServiceClient({
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      token,
      signal: AbortSignal.timeout(20_000),
      onWait: (seconds) => waits.push(seconds),
    });
    const answer = await client.json(z.object({ done: z.boolean() }), 'POST', '/dicom/uploads', {});
    return { answer, requests: keys.length, keys: new Set(keys).size, waits };
  } finally {
    server.close();
  }
}

test('A request is repeated after 504 and 502, as the same request', async () => {
  expect(await sendThrough([{ status: 504 }, { status: 502 }])).toEqual({
    answer: { done: true },
    requests: 3,
    keys: 1,
    waits: [],
  });
});

test.each([429, 503])('A request is repeated after %i when Retry-After says so', async (status) => {
  const started = Date.now();
  const sent = await sendThrough([{ status, retryAfter: '1' }]);
  expect(sent).toEqual({ answer: { done: true }, requests: 2, keys: 1, waits: [1] });
  expect(Date.now() - started).toBeGreaterThanOrEqual(990);
});

test('A request that is wrong is not repeated', async () => {
  await expect(sendThrough([{ status: 400 }])).rejects.toThrow('400');
});

test('A token that the service refuses is renewed once', async () => {
  let issued = 0;
  const renewable = () => new RenewableToken(async () => ({ value: `${++issued}`, lifetimeMs: 3_600_000 }));
  expect(await sendThrough([{ status: 401 }], renewable())).toMatchObject({ requests: 2, keys: 1 });
  expect(issued).toBe(2);
  const refused = sendThrough([{ status: 401 }, { status: 401 }], renewable());
  await expect(refused).rejects.toThrow('The token is not, or no longer, valid.');
});
