import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { headMiddleware } from '../../../lib/lambda/middleware/head-middleware.ts';

/** The response that the middleware makes of one with this body. */
function answer(httpMethod: string, body: string | Readable) {
  const response = { statusCode: 200, headers: { etag: '"1"' }, body };
  const exchange: unknown = { event: { httpMethod }, response };
  headMiddleware.after?.(exchange as Parameters<NonNullable<typeof headMiddleware.after>>[0]);
  return response;
}

test('A text has its length and no body', () => {
  expect(answer('HEAD', 'zwölf')).toEqual({
    statusCode: 200,
    headers: { etag: '"1"', 'content-length': '6' },
    body: '',
  });
});

test('A stream is closed, so that nothing more is read of it', () => {
  const stream = Readable.from(['x']);
  expect(answer('HEAD', stream).body).toBe('');
  expect(stream.destroyed).toBe(true);
});

test('Other methods keep their body', () => {
  expect(answer('GET', 'x')).toMatchObject({ headers: { etag: '"1"' }, body: 'x' });
});
