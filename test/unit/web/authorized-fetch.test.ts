import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { authorizedFetch } from '../../../web/src/api/client.ts';

/** Sends a request to a server that first answers by this status, and then by 200. Returns the last status and the number of requests. */
async function sendThrough(status: number, request: RequestInit = {}, headers: Record<string, string> = {}) {
  let requests = 0;
  const server = createServer((incoming, response) => {
    incoming.resume();
    requests += 1;
    response.writeHead(requests === 1 ? status : 200, headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const response = await authorizedFetch(url, request);
    return { status: response.status, requests };
  } finally {
    server.close();
  }
}

const NOW = { 'retry-after': '0' };
const repeated = { status: 200, requests: 2 };

test('A read that the service could not end is repeated when the service asks for it', async () => {
  expect(await sendThrough(503, {}, NOW)).toEqual(repeated);
  expect(await sendThrough(503)).toEqual({ status: 503, requests: 1 });
  expect(await sendThrough(500, {}, NOW)).toEqual({ status: 500, requests: 1 });
});

test('A change is repeated after 503 only if that does no harm, and after 429 always', async () => {
  expect(await sendThrough(503, { method: 'PATCH', body: '{}' }, NOW)).toEqual(repeated);
  expect(await sendThrough(503, { method: 'POST', body: '{}' }, NOW)).toEqual({ status: 503, requests: 1 });
  const once = { method: 'POST', body: '{}', headers: { 'Idempotency-Key': 'k' } };
  expect(await sendThrough(503, once, NOW)).toEqual(repeated);
  expect(await sendThrough(429, { method: 'POST', body: '{}' }, NOW)).toEqual(repeated);
});
