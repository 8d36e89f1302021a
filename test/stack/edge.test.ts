import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { REWRITE_REQUEST } from '../../lib/stack/edge.ts';

/** What CloudFront's function makes of a request. */
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

describe('What CloudFront makes of a request', () => {
  test.each([
    ['/api/images/', '/api/images'],
    ['/api/images', '/api/images'],
    ['/docs//', '/docs'],
    ['/', '/'],
    ['//', '/'],
  ])('%s asks for %s', (uri, expected) => {
    expect(rewritten(uri).uri).toBe(expected);
  });

  test('puts an API key where the authorizer looks', () => {
    expect(rewritten('/', { 'x-api-key': 'ng_1' }).headers).toMatchObject({
      authorization: { value: 'ApiKey ng_1' },
    });
    expect(rewritten('/', { 'x-api-key': 'ng_1' }).headers).not.toHaveProperty('x-api-key');
  });

  test('says where it comes from, whatever the client says', () => {
    expect(rewritten('/', { 'x-viewer-address': '198.51.100.1' }).headers).toMatchObject({
      'x-viewer-address': { value: '203.0.113.7' },
    });
  });

  test('says which name the client asked for', () => {
    expect(rewritten('/', { 'x-forwarded-host': 'elsewhere.example' }).headers).toMatchObject({
      'x-forwarded-host': { value: 'images.clinic.example' },
    });
  });

  test('takes a token before a key', () => {
    const headers = { authorization: 'Bearer t', 'x-api-key': 'ng_1' };
    expect(rewritten('/', headers).headers).toMatchObject({ authorization: { value: 'Bearer t' } });
  });
});
