import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { words } from '../fixtures/dicoms.ts';
import { OwnStack } from '../support/own-stack.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';
import { useViewerPages } from './support/viewer-pages.ts';
import { useViewerServer } from './support/viewer-server.ts';

const SCRIPT = join(import.meta.dirname, '../../node_modules/dicomweb-client/build/dicomweb-client.js');
const OTHER_ORIGIN = 'https://other-viewer.example';

const viewer = useViewerServer(() => ({
  files: { '/': '<script src="client.js"></script>', '/client.js': readFileSync(SCRIPT, 'utf8') },
}));
const openPage = useViewerPages();
const folder = mkdtempSync(join(tmpdir(), 'dicomweb-client-'));
const service = new OwnStack();
const film = newUids();
const ids = { studyInstanceUID: film.study, seriesInstanceUID: film.series, sopInstanceUID: film.sop };

beforeAll(async () => {
  const allowedOrigins = [OTHER_ORIGIN, viewer.origin()];
  await service.start({ cdkOut: synthesizeWith({ allowedOrigins }, join(folder, 'cdk.out')) });
  const frames = [10, 120, 240].map((grey) => words(...Array(32).fill(grey * 257)));
  const file = slice(film, [
    ['00280008', 'IS', '3'],
    ['7FE00010', 'OW', Buffer.concat(frames)],
  ]);
  await (await service.as('staff')).json('POST', '/dicom-web/studies', 200, relatedOf([file]));
}, 120_000);
afterAll(async () => {
  await service.end();
  rmSync(folder, { recursive: true });
});

describe('On a page of one of two allowed origins', () => {
  let page: Page;
  beforeEach(async () => {
    ({ page } = await openPage(viewer.origin()));
  });

  /**
   * The result of a method of the client: buffers as their lengths and first bytes. `values` are options that JSON has not: a
   * text of base64 becomes a buffer.
   */
  const call = async (method: string, options: object = {}, base64: Record<string, string> = {}) =>
    page.evaluate(
      async ({ url, token, method, options, base64 }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the script of the page is not typed
        const { DICOMwebClient } = globalThis as any;
        const Client = DICOMwebClient.api.DICOMwebClient;
        const client = new Client({ url, headers: { Authorization: `Bearer ${token}` }, singlepart: '' });
        const buffers = Object.entries(base64).map(([name, text]) => {
          const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
          return [name, [bytes.buffer]];
        });
        const result = await client[method]({ ...options, ...Object.fromEntries(buffers) });
        const plain = (value: unknown): unknown => {
          if (value instanceof ArrayBuffer) {
            return { bytes: value.byteLength, first: [...new Uint8Array(value).slice(0, 4)] };
          }
          return Array.isArray(value) ? value.map(plain) : value;
        };
        return plain(result);
      },
      {
        url: `${service.stack.url}/dicom-web`,
        token: await service.stack.token('staff'),
        method,
        options,
        base64,
      },
    );
  const mediaTypes = [{ mediaType: 'image/jpeg' }];
  const ofOneFrame = { ...ids, frameNumbers: [3], mediaTypes };
  const whole = { bytes: expect.any(Number), first: [0, 0, 0, 0] };
  const jpeg = { bytes: expect.any(Number), first: [0xff, 0xd8, 0xff, expect.any(Number)] };

  test('stores an instance', async () => {
    const datasets = slice(newUids()).toString('base64');
    expect(await call('storeInstances', {}, { datasets })).toContain('00081199');
  });

  test('searches studies, series and instances', async () => {
    const queryParams = { StudyInstanceUID: film.study };
    expect(await call('searchForStudies', { queryParams })).toHaveLength(1);
    expect(await call('searchForStudies', { queryParams: { StudyInstanceUID: '1.2' } })).toEqual([]);
    expect(await call('searchForSeries', ids)).toHaveLength(1);
    expect(await call('searchForInstances', ids)).toHaveLength(1);
  });

  test.each(['retrieveStudyMetadata', 'retrieveSeriesMetadata', 'retrieveInstanceMetadata'])(
    'gets metadata by %s',
    async (method) => {
      expect(await call(method, ids)).toMatchObject([{ '00080018': { Value: [film.sop] } }]);
    },
  );

  test('gets the files of a study, a series and an instance', async () => {
    expect(await call('retrieveStudy', ids)).toEqual([whole]);
    expect(await call('retrieveSeries', ids)).toEqual([whole]);
    expect(await call('retrieveInstance', ids)).toEqual(whole);
  });

  test('gets frames, as octets and by the URL of WADO-URI', async () => {
    const frames = await call('retrieveInstanceFrames', { ...ids, frameNumbers: [3, 1] });
    expect(frames).toEqual([
      { bytes: 64, first: [240, 240, 240, 240] },
      { bytes: 64, first: [10, 10, 10, 10] },
    ]);
    expect(await call('buildInstanceWadoURIUrl', ids)).toContain(`objectUID=${film.sop}`);
  });

  test('gets pictures of an instance and of a frame, at full size and as thumbnails', async () => {
    expect(await call('retrieveInstanceRendered', { ...ids, mediaTypes })).toEqual([jpeg]);
    expect(await call('retrieveInstanceThumbnail', { ...ids, mediaTypes })).toEqual([jpeg]);
    expect(await call('retrieveInstanceFramesRendered', ofOneFrame)).toEqual([jpeg]);
    expect(await call('retrieveInstanceFramesThumbnail', ofOneFrame)).toEqual([jpeg]);
  });

  test('gets bulk data, whole and a range of its bytes', async () => {
    const [metadata] = (await call('retrieveInstanceMetadata', ids)) as Record<
      string,
      { BulkDataURI: string }
    >[];
    const { BulkDataURI } = metadata?.['7FE00010'] ?? {};
    const pixels = { bytes: 192, first: [10, 10, 10, 10] };
    expect(await call('retrieveBulkData', { BulkDataURI })).toEqual([pixels]);
    expect(await call('retrieveBulkData', { BulkDataURI, byteRange: [0, 63] })).toEqual([pixels]);
  });
});

describe('CORS names the origin that asks', () => {
  const path = `/dicom-web/studies/${film.study}/metadata`;
  const allowedIn = ({ headers }: Response) => [
    headers.get('access-control-allow-origin'),
    headers.get('vary')?.includes('Origin') ?? false,
  ];
  const preflight = async (origin: string, method = 'GET', headers = 'authorization,range') =>
    service.with({}).send('OPTIONS', path, undefined, {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    });

  test('in a preflight response', async () => {
    for (const origin of [OTHER_ORIGIN, viewer.origin()]) {
      const response = await preflight(origin);
      expect([response.status, ...allowedIn(response)]).toEqual([204, origin, true]);
      expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
      expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(response.headers.get('access-control-allow-headers')).toContain('range');
    }
  });

  test('and does not allow another one', async () => {
    const response = await preflight('https://elsewhere.example');
    expect([response.status, ...allowedIn(response)]).toEqual([204, null, true]);
  });

  test('in errors of the API', async () => {
    const staff = await service.as('staff');
    for (const [method, url, status] of [
      ['GET', path, 200],
      ['GET', '/dicom-web/studies/1.2.3/metadata', 404],
      ['GET', '/dicom-web/studies?limit=x', 400],
      ['PATCH', '/dicom-web/studies', 405],
    ] as const) {
      const response = await staff.send(method, url, undefined, { origin: OTHER_ORIGIN });
      expect([url, response.status, ...allowedIn(response)]).toEqual([url, status, OTHER_ORIGIN, true]);
    }
  });

  test('or every origin, in errors of its gateway, which are the same for everybody', async () => {
    const response = await service.with({}).send('GET', path, undefined, { origin: OTHER_ORIGIN });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  });
});
