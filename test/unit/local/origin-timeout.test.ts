import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limitSilence } from '../../../lib/local/cloudfront/origin-timeout.ts';

async function answerOf(listener: RequestListener) {
  const server = createServer((request, response) => {
    limitSilence(response, 200);
    return listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return { status: response.status, body: await response.text() };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('An origin that sends nothing in time is answered by 504', async () => {
  const answer = await answerOf((_request, response) => void response.setHeader('x-amzn-requestid', 'a'));
  expect(answer.status).toBe(504);
});

test('A response whose next bytes do not come in time breaks off', async () => {
  await expect(answerOf((_request, response) => void response.write('begin'))).rejects.toThrow();
});

test('A response may take long as long as its bytes come', async () => {
  const answer = await answerOf(async (_request, response) => {
    for (let part = 0; part < 5; part++) {
      response.write('x');
      await sleep(100);
    }
    response.end('end');
  });
  expect(answer).toEqual({ status: 200, body: 'xxxxxend' });
});
