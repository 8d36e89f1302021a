import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { REWRITE_REQUEST } from '../../lib/stack/edge.ts';

/** The request that CloudFront's function returns. */
const rewritten = (uri: string, own: Record<string, string> = {}) => {
  const headers = { host: 'images.clinic.example', ...own };
  const request = {
    uri,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
  };
  const out = runInNewContext(`${REWRITE_REQUEST}; handler({ request, viewer: { ip: '203.0.113.7' } })`, {
    request,
  });
  return { uri: out.uri, headers: structuredClone(out.headers) };
};

describe('The function of CloudFront', () => {
  test.each([
    ['/api/images/', '/api/images'],
    ['/api/images', '/api/images'],
    ['/docs//', '/docs'],
    ['/', '/'],
    ['//', '/'],
  ])('maps %s to %s', (uri, expected) => {
    expect(rewritten(uri).uri).toBe(expected);
  });

  test('moves an API key to the header that the authorizer reads', () => {
    expect(rewritten('/', { 'x-api-key': 'ng_1' }).headers).toMatchObject({
      authorization: { value: 'ApiKey ng_1' },
    });
    expect(rewritten('/', { 'x-api-key': 'ng_1' }).headers).not.toHaveProperty('x-api-key');
  });

  test('sets the client’s address, whatever the client sends', () => {
    expect(rewritten('/', { 'x-viewer-address': '198.51.100.1' }).headers).toMatchObject({
      'x-viewer-address': { value: '203.0.113.7' },
    });
  });

  test('forwards the host name that the client used', () => {
    expect(rewritten('/', { 'x-forwarded-host': 'elsewhere.example' }).headers).toMatchObject({
      'x-forwarded-host': { value: 'images.clinic.example' },
    });
  });

  test('prefers a token to a key', () => {
    const headers = { authorization: 'Bearer t', 'x-api-key': 'ng_1' };
    expect(rewritten('/', headers).headers).toMatchObject({ authorization: { value: 'Bearer t' } });
  });
});
