import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { operations } from '../../functions/operations.ts';
import { routesOf } from '../../lib/api/operation.ts';
import { DEFAULT_CATEGORIES } from '../../lib/domain/images/default-categories.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
const get = (path: string, init?: RequestInit) => fetch(new URL(path, service.stack.url), init);

describe('Every path that is neither a file nor the API returns the app', () => {
  test.each(['/', '/patients/P-1001', '/patients/P.1.png', '/admin/audit/'])('%s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'self'; connect-src 'self' /,
    );
    expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
    expect(await response.text()).toContain('<div id="root">');
  });
});

test('The API keeps its paths, and its own answer for unknown ones', async () => {
  expect((await get('/health')).headers.get('content-type')).toBe('application/json');
  for (const path of ['/api/nothing', '/dicom-web/nothing']) {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ statusCode: 404 });
  }
  expect((await get('/patients/P-1001', { method: 'POST' })).status).toBe(403);
});

describe('The description of the API', () => {
  test.each(['/openapi.json', '/openapi.json/'])('%s is OpenAPI 3.1 with every operation', async (path) => {
    const response = await get(path);
    expect(response.headers.get('content-type')).toBe('application/json');
    const { openapi, paths } = z
      .object({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
      .parse(await response.json());
    expect(openapi).toBe('3.1.1');
    expect(Object.keys(paths).sort()).toEqual(
      [...new Set(operations.flatMap(routesOf).map(({ path: route }) => route))].sort(),
    );
  });

  test('/docs draws it in a browser, without an error', async () => {
    const page = await browsing.open('/docs/');
    const errors: string[] = [];
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    await page.getByRole('heading', { name: /^Negatoscope/ }).waitFor();
    await page.getByText('Download the ready images of a batch').waitFor();
    expect(errors).toEqual([]);
  });

  test.each([
    ['/docs', 'text/html; charset=utf-8'],
    ['/docs/other.js', 'text/html; charset=utf-8'],
    ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
  ])('%s is %s, and may be cached for five minutes', async (path, type) => {
    const { status, headers } = await get(path);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  });
});

test('The page gets the address of the sign-in and its limits, and no secret', async () => {
  expect(await (await get('/config.json')).json()).toEqual({
    issuer: `${service.stack.url}/local`,
    clientId: 'negatoscope-local',
    scope: 'openid email profile',
    prompt: 'login',
    imageBytes: 10 * 1024 * 1024,
    dicomBytes: 100 * 1024 * 1024,
    filesPerRequest: 200,
    acceptHeic: true,
    clinic: { categories: DEFAULT_CATEGORIES, patientTexts: {} },
    timeZone: 'UTC',
    onLaptop: true,
  });
});

test('Hashed files are cached for ever; a missing one is a 404 and not the app', async () => {
  const html = await (await get('/')).text();
  const [script = ''] = /\/assets\/[^"]+\.js/.exec(html) ?? [];
  const response = await get(script);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const etag = response.headers.get('etag') ?? '';
  expect((await get(script, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const none = await get('/assets/none.js');
  expect([none.status, none.headers.get('cache-control')]).toEqual([404, null]);
});

test('The files of the first page are at most 200 KB, compressed', async () => {
  const html = await (await get('/')).text();
  const files = [...new Set(html.match(/\/assets\/[^"]+/g))];
  expect(files.length).toBeGreaterThan(1);
  let bytes = gzipSync(html).length;
  for (const file of files) bytes += gzipSync(new Uint8Array(await (await get(file)).arrayBuffer())).length;
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThan(200_000);
});
