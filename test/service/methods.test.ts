import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../functions/operations.ts';
import { methodsByPath } from '../../lib/api/operation.ts';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { type Client, createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let batch: string;
let image: string;
let study: string;
beforeAll(async () => {
  doctor = await service.as('doctor');
  batch = await createBatch(doctor);
  [image = ''] = await upload(doctor, batch, [await photo()]);
  await decided(doctor, image);
  const uids = newUids();
  study = uids.study;
  await doctor.send('POST', '/dicom-web/studies', relatedOf([slice(uids)]));
});

/** Headers that differ between two requests, and those of the connection. */
const OF_THE_REQUEST = /^(?:date|connection|keep-alive|transfer-encoding|x-request-id|x-amzn-requestid|age)$/;
const headersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => !OF_THE_REQUEST.test(name)));

describe('HEAD gives the status and the headers of GET, without the body', () => {
  test.each([
    ['a JSON response', () => `/api/images?batch_id=${batch}`],
    ['the original of an image', () => `/api/images/${image}/data`],
    ['an image as a download', () => `/api/images/${image}/download/`],
    ['a thumbnail', () => `/api/images/${image}/thumbnail`],
    ['a ZIP of a batch', () => `/api/images/batches/${batch}/download`],
    ['a study as JSON', () => `/dicom-web/studies/${study}/metadata`],
    ['the health', () => '/health'],
    ['an image that does not exist', () => '/api/images/0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01'],
    ['an id that is none', () => '/api/images/none'],
    ['a path that does not exist', () => '/api/nothing'],
  ])('%s', async (_title, path) => {
    // Without a body, API Gateway has nothing to compress, and declares no compression.
    const plain = { 'accept-encoding': 'identity' };
    const get = await doctor.send('GET', path(), undefined, plain);
    const length = (await get.arrayBuffer()).byteLength;
    const head = await doctor.send('HEAD', path(), undefined, plain);
    expect(head.status).toBe(get.status);
    expect(await head.text()).toBe('');
    const { 'content-length': declared = String(length), ...rest } = headersOf(head);
    expect(rest).toEqual(
      Object.fromEntries(Object.entries(headersOf(get)).filter(([name]) => name !== 'content-length')),
    );
    expect(declared).toBe(String(length));
  });

  test('a range', async () => {
    const head = await doctor.send('HEAD', `/api/images/${image}/data`, undefined, { range: 'bytes=0-9' });
    expect(head.status).toBe(206);
    expect(head.headers.get('content-length')).toBe('10');
  });

  test('also where GET is refused', async () => {
    const stranger = await service.as('patient-2');
    expect((await stranger.send('HEAD', `/api/images/${image}/data`)).status).toBe(404);
    const nobody = await fetch(`${service.stack.url}/api/images/${image}/data`, { method: 'HEAD' });
    expect(nobody.status).toBe(401);
  });
});

describe('A method that a path does not have', () => {
  const cases = Object.entries(methodsByPath(operations)).map(([path, allowed]) => {
    const method = ['PUT', 'PATCH', 'DELETE', 'POST'].find((each) => !allowed.includes(each)) ?? 'OPTIONS';
    return { path, method, allowed };
  });

  test.each(cases)('is refused: $method $path', async ({ path, method, allowed }) => {
    const response = await fetch(service.stack.url + path.replaceAll(/\{.+?\}/g, 'x'), { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')?.split(', ')).toEqual(allowed);
    expect(await response.json()).toMatchObject({ statusCode: 405, error: 'Method Not Allowed' });
    expect(response.headers.get('x-request-id')).toBeTruthy();
  });
});
