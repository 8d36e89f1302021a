import { describe, expect, test } from 'vitest';
import { handle as authorize } from '../../../functions/authorizers/authorizer/handler.ts';
import { rangeResponse } from '../../../lib/lambda/http/byte-range.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';

describe('A range of an original', () => {
  const of = (range?: string, more: Record<string, string> = {}) =>
    rangeResponse({ ...(range && { range }), ...more }, { bytes: 100, etag: '"e"' });

  test.each([
    ['bytes=0-9', { first: 0, last: 9 }],
    ['bytes=90-', { first: 90, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=50-1000', { first: 50, last: 99 }],
  ])('%s', (range, expected) => {
    const answer = of(range);
    expect(answer).toMatchObject({ status: 206, range: expected });
    expect(answer.headers['content-range']).toBe(`bytes ${expected.first}-${expected.last}/100`);
    expect(answer.headers['content-length']).toBe(String(expected.last - expected.first + 1));
  });

  test.each(['bytes=100-', 'bytes=200-300', 'bytes=-0'])('%s is not satisfiable', (range) => {
    expect(() => of(range)).toThrow(
      expect.objectContaining({
        code: 'RANGE_NOT_SATISFIABLE',
        headers: { 'content-range': 'bytes */100' },
      }),
    );
  });

  test('is the first satisfiable one of several', () => {
    expect(of('bytes=9-2000,200-300')).toMatchObject({ status: 206, range: { first: 9, last: 99 } });
  });

  test.each([undefined, 'bytes=0-1,5-6', 'lines=1-2', 'bytes=x'])(
    '%s is answered with the whole original',
    (range) => {
      expect(of(range)).toMatchObject({
        status: 200,
        headers: { 'content-length': '100', 'accept-ranges': 'bytes' },
      });
    },
  );

  test('is valid only for the version that the client has a part of', () => {
    expect(of('bytes=0-9', { 'if-range': '"e"' }).status).toBe(206);
    expect(of('bytes=0-9', { 'if-range': '"other"' }).status).toBe(200);
  });

  test('is not needed if the client has the whole original', () => {
    expect(of('bytes=0-9', { 'if-none-match': 'W/"x", "e"' }).status).toBe(304);
  });
});

describe('A file name in a header', () => {
  test.each([
    ['heel.jpg', 'inline; filename="heel.jpg"'],
    ['a"b.jpg', 'inline; filename="a\\"b.jpg"'],
    ['a\r\nSet-Cookie: x=1.jpg', 'inline; filename="aSet-Cookie: x=1.jpg"'],
    ['photo\u202Egpj.exe', 'inline; filename="photogpj.exe"'],
    ['../../x.jpg', 'inline; filename=".._.._x.jpg"'],
    ['Füße.jpg', `inline; filename="F__e.jpg"; filename*=UTF-8''F%C3%BC%C3%9Fe.jpg`],
    ['\u0000', 'inline; filename="image"'],
  ])('%j becomes %s', (name, header) => {
    expect(contentDisposition('inline', name)).toBe(header);
  });
});

describe('The authorizer', () => {
  const methodArn = 'arn:aws:execute-api:eu-west-1:1:api/prod/GET/health';
  const doctor = { sub: 'd', iat: 1, exp: 2, 'cognito:groups': ['doctors'] };
  const ask = (authorization: string | undefined, claims?: typeof doctor) =>
    authorize(
      {
        headers: authorization === undefined ? {} : { Authorization: authorization },
        methodArn,
        requestContext: { requestId: 'r' },
      },
      {
        verify: async () => claims,
        keys: { get: async () => undefined },
        keyUses: { note: async () => undefined },
        refusals: { append: async () => true },
        now: () => new Date(),
      },
    );

  test('returns the caller, and the time until which the answer is valid', async () => {
    expect(await ask('Bearer x', doctor)).toMatchObject({
      principalId: 'd',
      policyDocument: {
        Statement: [{ Effect: 'Allow', Resource: 'arn:aws:execute-api:eu-west-1:1:api/prod/*' }],
      },
      context: { caller: JSON.stringify({ role: 'doctor', subject: 'd' }), expiresAt: 2 },
    });
  });

  test('refuses people in no group', async () => {
    const answer = await ask('Bearer x', { ...doctor, 'cognito:groups': [] });
    expect(answer.policyDocument.Statement).toMatchObject([{ Effect: 'Deny' }]);
    expect(answer.context).toBeUndefined();
  });

  test.each([undefined, '', 'Basic x', 'Bearer', 'Bearer a b', 'ApiKey x', 'ApiKey'])(
    'answers 401 to %j',
    async (authorization) => {
      await expect(ask(authorization, doctor)).rejects.toThrow('Unauthorized');
    },
  );

  test('answers 401 to an invalid token', async () => {
    await expect(ask('Bearer x')).rejects.toThrow('Unauthorized');
  });
});
