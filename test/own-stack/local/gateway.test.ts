import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const call = (path: string, options?: RequestInit) => fetch(`${stack.url}${path}`, options);

interface Echo {
  event: {
    resource: string;
    path: string;
    body: string | null;
    isBase64Encoded: boolean;
    headers: Record<string, string>;
    pathParameters: Record<string, string> | null;
    queryStringParameters: Record<string, string> | null;
    multiValueQueryStringParameters: Record<string, string[]> | null;
    requestContext: { requestId: string; authorizer?: Record<string, string> };
  };
  env: Record<string, string>;
  requestId: string;
  remaining: number;
}

async function echo(path: string, options?: RequestInit): Promise<Echo> {
  const response = await call(path, options);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

/** Sends the bytes unchanged, where `fetch` would normalize them. */
async function raw(text: string): Promise<string> {
  const { port } = new URL(stack.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(text.replaceAll('\n', '\r\n'));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

describe('routes', () => {
  test('a literal segment takes precedence over a parameter', async () => {
    expect((await echo('/echo/fixed')).event.resource).toBe('/echo/fixed');
    expect((await echo('/echo/other')).event.resource).toBe('/echo/{id}');
  });

  test('a parameter matches if a literal segment leads to no route', async () => {
    const { event } = await echo('/echo/fixed/parts');
    expect(event.pathParameters).toEqual({ id: 'fixed' });
  });

  test('a greedy parameter matches the rest of the path', async () => {
    expect((await echo('/files/a/b%20c/d')).event.pathParameters).toEqual({ rest: 'a/b c/d' });
  });

  test('path parameters are percent-decoded, and an encoded slash is not a separator', async () => {
    expect((await echo('/echo/a%2Fb%C3%A9')).event.pathParameters).toEqual({ id: 'a/bé' });
  });

  test('a trailing slash is stripped', async () => {
    expect((await echo('/echo/fixed/')).event.resource).toBe('/echo/fixed');
  });

  test('malformed percent-encoding is a client error', async () => {
    expect((await call('/echo/%E0%A4%A')).status).toBe(400);
  });

  test('an unknown path or method gets the answer of API Gateway', async () => {
    const response = await call('/nowhere');
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: 'Missing Authentication Token' });
    expect((await call('/echo/fixed', { method: 'DELETE' })).status).toBe(403);
  });

  test('HEAD exists only if it is declared', async () => {
    expect((await call('/echo', { method: 'HEAD' })).status).toBe(200);
    expect((await call('/echo/fixed', { method: 'HEAD' })).status).toBe(403);
  });
});

describe('the event', () => {
  test('repeated query parameters are a list, and the last value', async () => {
    const { event } = await echo('/echo?a=1&a=2&b=%20x');
    expect(event.queryStringParameters).toEqual({ a: '2', b: ' x' });
    expect(event.multiValueQueryStringParameters).toEqual({ a: ['1', '2'], b: [' x'] });
  });

  test('without a query, the parameters are null', async () => {
    const { event } = await echo('/echo');
    expect(event.queryStringParameters).toBeNull();
    expect(event.multiValueQueryStringParameters).toBeNull();
  });

  test('a body of a binary media type is in base64, others are text', async () => {
    const post = (type: string) =>
      echo('/echo', { method: 'POST', headers: { 'content-type': type }, body: 'hé' });
    expect((await post('image/png')).event).toMatchObject({ isBase64Encoded: true, body: 'aMOp' });
    expect((await post('application/json')).event).toMatchObject({ isBase64Encoded: false, body: 'hé' });
  });

  test('a parameter named __proto__ is a parameter like others', async () => {
    const response = await call('/echo?__proto__=1');
    expect(await response.text()).toContain('"multiValueQueryStringParameters":{"__proto__":["1"]}');
  });

  test('an absolute request target cannot bypass the routes', async () => {
    expect(
      await raw('GET http://elsewhere.example/nowhere HTTP/1.1\nHost: localhost\nConnection: close\n\n'),
    ).toMatch(/^HTTP\/1.1 403 /);
  });

  test('another host name is refused, so that no website can rebind its name to this server', async () => {
    expect(await raw('GET /echo HTTP/1.1\nHost: evil.example\nConnection: close\n\n')).toMatch(
      /^HTTP\/1.1 421 /,
    );
  });
});

describe('the answer', () => {
  test('has single and multiple header values', async () => {
    const response = await call('/echo');
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.get('x-many')).toBe('a, b');
  });

  test('is binary if the client accepts a binary media type', async () => {
    const response = await call('/trouble/binary', { headers: { accept: 'image/png' } });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 1]);
  });

  test('without a status is an integration failure in the template’s words', async () => {
    const response = await call('/trouble/odd');
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ oops: true });
  });

  test('longer than 6 MB is an integration failure', async () => {
    expect((await call('/trouble/large')).status).toBe(502);
  });
});

describe('limits', () => {
  const post = (bytes: number, type = 'application/json') =>
    call('/echo', { method: 'POST', headers: { 'content-type': type }, body: 'x'.repeat(bytes) });

  test('a body over 10 MB is too large', async () => {
    expect((await post(10 * 1024 * 1024 + 1)).status).toBe(413);
  });

  test('a body without a length is counted while it arrives', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 11; index += 1) controller.enqueue(new Uint8Array(1024 * 1024));
        controller.close();
      },
    });
    const options = { method: 'POST', headers: { 'content-type': 'image/png' }, body, duplex: 'half' };
    expect((await call('/echo', options as RequestInit)).status).toBe(413);
  });

  test('an event over 6 MB is too large, although its body is smaller', async () => {
    expect((await post(5 * 1024 * 1024, 'image/png')).status).toBe(413);
  });

  test('a method’s timeout answers before a slow function does', async () => {
    const response = await call('/hurried/slow');
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ oops: true });
  });
});

describe('the authorizer', () => {
  const as = (authorization: string, method = 'GET') =>
    call('/private', { method, headers: { authorization } });

  test('is not called without its identity source', async () => {
    const response = await call('/private');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const { message, id } = (await response.json()) as { message: string; id: string };
    expect(message).toBe('Unauthorized');
    expect(response.headers.get('x-request-id')).toBe(id);
  });

  test('passes its context to the function', async () => {
    const response = await as('doctor');
    const { event } = (await response.json()) as Echo;
    expect(event.requestContext.authorizer).toMatchObject({ principalId: 'doctor', role: 'doctor' });
  });

  test('is called once for each identity during the time to live of its answer', async () => {
    const asked = async (who: string) =>
      ((await (await as(who)).json()) as Echo).event.requestContext.authorizer?.asked;
    expect(await asked('cached')).toBe(await asked('cached'));
  });

  test('can say Unauthorized', async () => {
    expect((await as('nobody')).status).toBe(401);
  });

  test('can deny', async () => {
    expect((await as('denied')).status).toBe(403);
  });

  test('allows only the routes of its policy, also from the cache', async () => {
    expect((await as('reader')).status).toBe(200);
    expect((await as('reader', 'POST')).status).toBe(403);
  });

  test('that fails causes a 500', async () => {
    const response = await as('broken');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ oops: true });
  });
});
