import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignedObjects, VARIANT_HEADER } from '../../../lib/storage/signed-objects.ts';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

/** The answers of the server to one request after the other; the last of them is for all further requests. */
let answers: Answer[] = [];
const requests: {
  method: string | undefined;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}[] = [];

const server = http.createServer((request, response) => {
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  const { method, headers } = request;
  const entry = { method, path: new URL(request.url ?? '', 'http://s3').pathname, headers, body: '' };
  requests.push(entry);
  request.on('data', (chunk) => {
    entry.body += chunk;
  });
  answer?.(request, response);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const SILENCE_MS = 300;
const objects = () => new SignedObjects('bucket', SILENCE_MS);

const answerWith =
  (status: number, body: string | Uint8Array = ''): Answer =>
  (request, response) =>
    request.on('end', () => response.writeHead(status).end(body));
const noAnswer: Answer = () => {};
const closeConnection: Answer = (request) => request.socket.destroy();
const NEW = { bytes: Buffer.from('pixels'), mimeType: 'image/png', crc32: 'AAAAAA==' };

describe('A read', () => {
  test('returns the bytes, with one request', async () => {
    answers = [answerWith(200, 'pixels')];
    expect(String(await buffer(await objects().read('images/1')))).toBe('pixels');
    expect(requests).toMatchObject([{ method: 'GET', path: '/bucket/images/1' }]);
  });

  test('of a range requests only the range', async () => {
    answers = [answerWith(206, 'ixe'), answerWith(200, 'pixels')];
    const range = { first: 1, last: 3 };
    expect(String(await buffer(await objects().read('images/1', range)))).toBe('ixe');
    expect(requests[0]?.headers.range).toBe('bytes=1-3');
    await expect(objects().read('images/1', range)).rejects.toThrow('S3 answered 200 to the GET of images/1');
  });

  test.each<[string, Answer]>([
    ['503', answerWith(503)],
    ['nothing and closes the connection', closeConnection],
    ['nothing at all', noAnswer],
  ])('retries if S3 answers %s, and once more', async (_what, fails) => {
    answers = [fails, fails, answerWith(200, 'pixels')];
    expect(String(await buffer(await objects().read('images/1')))).toBe('pixels');
    expect(requests).toHaveLength(3);
  });

  test.each<[string, Answer, string | RegExp]>([
    ['503', answerWith(503), 'S3 answered 503 to the GET of images/1'],
    ['nothing and closes the connection', closeConnection, 'socket hang up'],
    ['nothing at all', noAnswer, 'S3, asked for the GET of images/1, was silent for 0.3 s'],
  ])('fails if S3 answers %s three times', async (_what, fails, message) => {
    answers = [fails];
    await expect(objects().read('images/1')).rejects.toThrow(message);
    expect(requests).toHaveLength(3);
  });

  test('retries with a new connection if S3 closes all idle ones', async () => {
    const kept = new Set<unknown>();
    const pixels = answerWith(200, 'pixels');
    answers = [
      (request, response) => {
        if (kept.has(request.socket)) return request.socket.destroy();
        kept.add(request.socket);
        return pixels(request, response);
      },
    ];
    const at = objects();
    await Promise.all(['1', '2', '3', '4'].map(async (key) => buffer(await at.read(key))));
    requests.length = 0;
    expect(String(await buffer(await at.read('5')))).toBe('pixels');
    expect(requests).toHaveLength(2);
  });

  test.each([400, 403, 404])('of an object for which S3 answers %i fails at once', async (status) => {
    answers = [answerWith(status)];
    await expect(objects().read('images/1')).rejects.toThrow(`S3 answered ${status} to the GET of images/1`);
    expect(requests).toHaveLength(1);
  });

  const begins =
    (then: (response: http.ServerResponse) => unknown): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-length': '6' });
      response.write('pix', () => then(response));
    };

  test('that is interrupted fails, and is not retried: some bytes have been passed on', async () => {
    answers = [begins((response) => response.destroy())];
    await expect(buffer(await objects().read('images/1'))).rejects.toThrow('aborted');
    expect(requests).toHaveLength(1);
  });

  test('whose bytes stop arriving fails', async () => {
    answers = [begins(() => {})];
    await expect(buffer(await objects().read('images/1'))).rejects.toThrow(
      'S3, asked for the GET of images/1, was silent for 0.3 s',
    );
  });

  test('waits for its consumer without a time limit, and then for S3 again', async () => {
    const large = Buffer.alloc(4_000_000, 'x');
    answers = [answerWith(200, large)];
    const slow = await objects().read('images/1');
    await sleep(3 * SILENCE_MS);
    expect((await buffer(slow)).equals(large)).toBe(true);

    // Also if this process has no time to read.
    const busy = objects().read('images/1');
    await vi.waitUntil(() => requests.length === 2);
    const until = performance.now() + 2 * SILENCE_MS;
    while (performance.now() < until);
    expect((await buffer(await busy)).equals(large)).toBe(true);
    expect(requests).toHaveLength(2);

    answers = [answerWith(200, 'pixels')];
    const small = await objects().read('images/1');
    await sleep(3 * SILENCE_MS);
    expect(String(await buffer(small))).toBe('pixels');

    answers = [begins(() => {})];
    const dead = await objects().read('images/1');
    await sleep(3 * SILENCE_MS);
    await expect(buffer(dead)).rejects.toThrow('was silent');
  });
});

describe('The existence of an object', () => {
  test.each([403, 404])('is denied by %i', async (status) => {
    answers = [answerWith(status)];
    expect(await objects().find('images/1')).toBeUndefined();
    expect(await objects().has('images/1')).toBe(false);
  });

  test('is confirmed by its first byte', async () => {
    answers = [answerWith(206, 'p')];
    expect(await objects().has('images/1')).toBe(true);
    expect(requests[0]?.headers.range).toBe('bytes=0-0');
  });

  test('is unknown after 503, and requested again', async () => {
    answers = [answerWith(503), answerWith(503), answerWith(206, 'p')];
    expect(await objects().has('images/1')).toBe(true);
    answers = [answerWith(400)];
    await expect(objects().has('images/1')).rejects.toThrow('S3 answered 400');
    await expect(objects().find('images/1')).rejects.toThrow('S3 answered 400');
  });
});

describe('A write', () => {
  test.each<[string, Answer]>([
    ['409', answerWith(409)],
    ['503', answerWith(503)],
    ['nothing and closes the connection', closeConnection],
    ['nothing at all', noAnswer],
  ])('is retried, whole, if S3 answers %s', async (_what, fails) => {
    answers = [fails, fails, answerWith(200)];
    await objects().create('images/1', NEW);
    expect(requests).toHaveLength(3);
    expect(requests[2]).toMatchObject({
      method: 'PUT',
      body: 'pixels',
      headers: {
        'content-length': '6',
        'content-type': 'image/png',
        'if-none-match': '*',
        'x-amz-checksum-crc32': 'AAAAAA==',
      },
    });
  });

  test('of an existing object is done', async () => {
    answers = [answerWith(503), answerWith(412)];
    await objects().create('images/1', NEW);
    expect(requests).toHaveLength(2);
  });

  test('that S3 refuses, or does not answer, fails', async () => {
    answers = [answerWith(400)];
    await expect(objects().create('images/1', NEW)).rejects.toThrow('S3 answered 400 to the PUT of images/1');
    expect(requests).toHaveLength(1);
    answers = [noAnswer];
    await expect(objects().create('images/1', NEW)).rejects.toThrow(
      'S3, asked for the PUT of images/1, was silent for 0.3 s',
    );
    expect(requests).toHaveLength(4);
  });

  test('that replaces an object names the new variant, and has no condition', async () => {
    answers = [answerWith(200), answerWith(412)];
    const copy = { bytes: NEW.bytes, mimeType: 'image/jpeg', variant: 'v1' };
    await objects().replace('copies/1', copy);
    expect(requests[0]?.headers).toMatchObject({ [VARIANT_HEADER]: 'v1', 'content-type': 'image/jpeg' });
    expect(requests[0]?.headers).not.toHaveProperty('if-none-match');
    await expect(objects().replace('copies/1', copy)).rejects.toThrow('S3 answered 412');
  });

  test('is not silent while S3 receives its bytes slowly', async () => {
    const [silenceMs, length] = [1000, 48_000_000];
    let taken = 0;
    answers = [
      (request, response) => {
        request.on('data', (chunk) => {
          const before = taken;
          taken += chunk.length;
          if (Math.floor(before / 2_000_000) === Math.floor(taken / 2_000_000)) return;
          request.pause();
          setTimeout(() => request.resume(), 80);
        });
        request.on('end', () => response.writeHead(200).end());
      },
    ];
    const start = performance.now();
    await new SignedObjects('bucket', silenceMs).create('images/1', {
      ...NEW,
      bytes: Buffer.alloc(length, 'x'),
    });
    expect(performance.now() - start).toBeGreaterThan(silenceMs);
    expect([requests.length, taken]).toEqual([1, length]);
  });
});

describe('A deletion', () => {
  test('is retried if S3 answers 503, and a missing object is done', async () => {
    answers = [answerWith(503), answerWith(204)];
    await objects().delete('images/1');
    expect(requests.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
    answers = [answerWith(403)];
    await expect(objects().delete('images/1')).rejects.toThrow('S3 answered 403 to the DELETE of images/1');
  });
});
