import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { bmp } from '../../fixtures/bmps.ts';
import { photo } from '../../fixtures/photos.ts';
import { bytesOf, headersOf, refused } from '../../support/contract.ts';
import { PATIENT_1 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  type TestFile,
  upload,
  useService,
} from '../../support/service.ts';

const service = useService();
let patient: Client;
let otherPatient: Client;
let staff: Client;
let file: TestFile;
let image: string;
beforeAll(async () => {
  patient = await service.as('patient-1');
  otherPatient = await service.as('patient-2');
  staff = await service.as('staff');
  file = await photo({ name: 'original_filename.jpg', width: 900, height: 600 });
  [image = ''] = await upload(patient, await createBatch(patient), [file]);
  expect(await decided(patient, image)).toMatchObject({ status: 'ready' });
});

/** Uploads a file by the endpoint that takes the most formats; returns the image's id once it is ready. */
async function imageOf({ name, bytes }: Omit<TestFile, 'type'>): Promise<string> {
  const image_data = Buffer.from(bytes).toString('base64');
  const { id } = await staff.json('POST', '/api/v2/images', 201, { name, image_data, patient_id: PATIENT_1 });
  expect(await decided(staff, id)).toMatchObject({ status: 'ready' });
  return id;
}

describe('GET /api/images/{image_id}/data', () => {
  test('serves the raw bytes with the documented headers', async () => {
    const response = await patient.send('GET', `/api/images/${image}/data`);
    expect(response.status).toBe(200);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline; filename="original_filename.jpg"',
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
    });
    expect((await bytesOf(response)).equals(file.bytes)).toBe(true);
  });

  test.each(['jpeg', 'png', 'tiff'] as const)('has the content type of a %s', async (format) => {
    const own = await photo({ format, name: `original_filename.${format}` });
    const response = await patient.send('GET', `/api/images/${await imageOf(own)}/data`);
    expect(headersOf(response)).toMatchObject({
      'content-type': `image/${format}`,
      'content-disposition': `inline; filename="original_filename.${format}"`,
    });
    expect((await bytesOf(response)).equals(own.bytes)).toBe(true);
  });

  test('has the content type of a BMP', async () => {
    const pixels = Buffer.alloc(300 * 300 * 3, 128);
    const bytes = new Uint8Array(bmp({ width: 300, height: 300, bits: 24, pixels }));
    const id = await imageOf({ name: 'scan.bmp', bytes });
    const response = await patient.send('GET', `/api/images/${id}/data`);
    expect(response.headers.get('content-type')).toBe('image/bmp');
    expect((await bytesOf(response)).equals(bytes)).toBe(true);
  });

  test('has the content type of a GIF', async () => {
    const own = await photo({ format: 'gif' });
    const [id = ''] = await upload(patient, await createBatch(patient), [own]);
    await decided(patient, id);
    const response = await patient.send('GET', `/api/images/${id}/data`);
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect((await bytesOf(response)).equals(own.bytes)).toBe(true);
  });
});

describe('GET /api/images/{image_id}/thumbnail', () => {
  test('serves a PNG with the documented headers', async () => {
    const response = await patient.send('GET', `/api/images/${image}/thumbnail`);
    expect(response.status).toBe(200);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline; filename="thumb_original_filename.jpg"',
      // One hour, in the browser of a caller with access and in no shared cache.
      'cache-control': 'private, max-age=3600',
      vary: 'Authorization, Origin',
    });
    const { format, width = 0, height = 0 } = await sharp(await bytesOf(response)).metadata();
    expect([format, width, height]).toEqual(['png', 300, 200]);
  });
});

describe('The JSON fallback', () => {
  test('has the same bytes in base64', async () => {
    const { image_data } = await patient.json('GET', `/api/images/${image}/?include=image_data`, 200);
    expect(Buffer.from(image_data, 'base64').equals(file.bytes)).toBe(true);
  });
});

describe.each(['data', 'thumbnail'])('GET /api/images/{image_id}/%s', (what) => {
  const path = (id: string) => `/api/images/${id}/${what}`;

  test('is 404 for an image that does not exist', async () => {
    await refused(patient, 404, 'GET', path(randomUUID()));
  });

  test('is 404 for callers without access to the image', async () => {
    await refused(otherPatient, 404, 'GET', path(image));
  });

  test('is 401 without a token, with an invalid one and with an expired one', async () => {
    const none = await service.as();
    const invalid = service.with({ authorization: 'Bearer your_token_here' });
    for (const client of [none, invalid, await service.as('patient-1', {}, -10)]) {
      await refused(client, 401, 'GET', path(image));
    }
  });
});
