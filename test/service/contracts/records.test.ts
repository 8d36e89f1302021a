import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { bmp } from '../../fixtures/bmps.ts';
import { pdf } from '../../fixtures/pdfs.ts';
import { photo } from '../../fixtures/photos.ts';
import { bytesOf, refused, shapeOf } from '../../support/contract.ts';
import { type Client, decided, useService } from '../../support/service.ts';

const ADD = {
  image_data: 'base64_encoded_image_data_here',
  name: 'prescription_front.jpg',
  patient_id: 'pat_12345',
  created_on: '2025-02-19T08:50:00Z',
};
const ADDED = {
  id: 'img_12345',
  name: 'prescription_front.jpg',
  url: 'https://example.com/images/prescription_front.jpg',
  content_type: 'image/jpeg',
  size: 256000,
  created_at: '2025-02-19T08:50:00Z',
  metadata: { width: 1200, height: 1600, dpi: 300 },
};
const LISTED = { images: [{ ...ADDED, type: 'prescription' }] };

/** The records that an image can be linked to. */
const LINKS = [
  'patient_id',
  'user_id',
  'item_id',
  'pos_event_id',
  'compound_batch_id',
  'delivery_id',
  'prescription_id',
];
/** The records whose images can be listed. */
const TYPES = ['pos_event', 'prescription', 'patient', 'delivery'];

const service = useService();
let scan: Uint8Array;
/** The two ways to authenticate. */
const clients = new Map<'an API key' | 'a token', Client>();
let client: Client;
beforeAll(async () => {
  const admin = await service.as('admin');
  const { key } = await admin.json('POST', '/api/v2/keys', 201, {
    name: 'Pharmacy',
    scopes: ['*:read', '*:write'],
  });
  client = service.with({ 'x-api-key': key });
  clients.set('an API key', client).set('a token', await service.as('staff'));
  const { bytes } = await photo({ width: 1200, height: 1600 });
  scan = await sharp(bytes).withMetadata({ density: 300 }).jpeg().toBuffer();
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const newRecord = () => `rec_${randomUUID()}`;
const add = (fields: object = {}, by = client) =>
  by.json('POST', '/api/v2/images', 201, { ...ADD, image_data: base64(scan), ...fields });
const refusedToAdd = (status: number, fields: object, by = client) =>
  refused(by, status, 'POST', '/api/v2/images', { ...ADD, image_data: base64(scan), ...fields });

describe.each(['an API key', 'a token'] as const)('With %s', (way) => {
  test('an image is added, and listed by its record, in the documented shapes', async () => {
    const by = clients.get(way) as Client;
    const prescription_id = newRecord();
    const added = await add({ prescription_id }, by);
    expect(added).toEqual(shapeOf(ADDED));
    expect(added).toMatchObject({
      name: 'prescription_front.jpg',
      content_type: 'image/jpeg',
      size: scan.length,
      created_at: '2025-02-19T08:50:00Z',
      metadata: { width: 1200, height: 1600, dpi: 300 },
    });
    const listed = await by.json('GET', `/api/v2/images/prescription/${prescription_id}`, 200);
    expect(listed).toEqual({ ...(shapeOf(LISTED) as object), next: null });
    expect(listed.images[0]).toMatchObject({
      id: added.id,
      type: 'prescription',
      name: 'prescription_front.jpg',
      size: scan.length,
      created_at: '2025-02-19T08:50:00Z',
      metadata: { width: 1200, height: 1600, dpi: 300 },
    });
  });
});

describe('GET /api/v2/images/{type}/{id}', () => {
  test.each(TYPES)('takes the type %s', async (type) => {
    const record = newRecord();
    const { id } = await add({ [`${type}_id`]: record });
    const { images } = await client.json('GET', `/api/v2/images/${type}/${record}`, 200);
    expect(images).toMatchObject([{ id, type }]);
  });

  test('returns an array of all images of the record', async () => {
    const delivery_id = newRecord();
    const ids = [(await add({ delivery_id })).id, (await add({ delivery_id })).id];
    const { images } = await client.json('GET', `/api/v2/images/delivery/${delivery_id}`, 200);
    expect(images.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
  });

  test('returns URLs that open without a token, for 24 hours', async () => {
    const delivery_id = newRecord();
    const before = Date.now();
    await decided(await service.as('staff'), (await add({ delivery_id })).id);
    const { images } = await client.json('GET', `/api/v2/images/delivery/${delivery_id}`, 200);
    const opened = await fetch(images[0].url);
    expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect((await bytesOf(opened)).equals(scan)).toBe(true);
    const [, expiresAt] = new URL(images[0].url).pathname.split('.');
    const hours = (Number(expiresAt) * 1000 - before) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
  });

  test('is 400 for an invalid type or id', async () => {
    const { details } = await refused(client, 400, 'GET', '/api/v2/images/invoice/rec_1');
    expect(details).toEqual([`type must be one of ${TYPES.join(', ')}; received "invoice"`]);
    await refused(client, 400, 'GET', '/api/v2/images/patient/pat%20one');
  });

  test('is 401 for an invalid or missing API key', async () => {
    for (const by of [await service.as(), service.with({ 'x-api-key': 'not_a_key' })]) {
      const { message } = await refused(by, 401, 'GET', '/api/v2/images/patient/pat_12345');
      expect(message).toBe('Missing or invalid token or API key');
    }
  });

  test('is 404 where no image is found', async () => {
    const { message } = await refused(client, 404, 'GET', `/api/v2/images/delivery/${newRecord()}`);
    expect(message).toBe('Image not found');
  });
});

describe('POST /api/v2/images', () => {
  test.each(LINKS)('takes %s as a link, which is optional', async (link) => {
    const { patient_id: _patient_id, ...unlinked } = { ...ADD, image_data: base64(scan) };
    const record = newRecord();
    expect(await client.json('POST', '/api/v2/images', 201, { ...unlinked, [link]: record })).toEqual(
      shapeOf(ADDED),
    );
    await client.json('POST', '/api/v2/images', 201, unlinked);
  });

  test.each<[string, string, () => Promise<Uint8Array>]>([
    ['JPEG', 'image/jpeg', async () => scan],
    ['PNG', 'image/png', async () => (await photo({ format: 'png' })).bytes],
    ['TIFF', 'image/tiff', async () => (await photo({ format: 'tiff' })).bytes],
    [
      'BMP',
      'image/bmp',
      async () => bmp({ width: 300, height: 300, bits: 24, pixels: Buffer.alloc(300 * 300 * 3, 128) }),
    ],
    ['PDF', 'application/pdf', async () => pdf()],
  ])('takes a %s, and keeps the original file', async (_title, content_type, make) => {
    const bytes = await make();
    const delivery_id = newRecord();
    const { id, ...added } = await add({ image_data: base64(bytes), delivery_id });
    expect(added).toMatchObject({ content_type, size: bytes.length });
    const staff = await service.as('staff');
    expect(await decided(staff, id)).toMatchObject({ status: 'ready' });
    const { images } = await client.json('GET', `/api/v2/images/delivery/${delivery_id}`, 200);
    expect(images[0].metadata).toMatchObject({ width: expect.any(Number), height: expect.any(Number) });
    expect((await bytesOf(await fetch(images[0].url))).equals(bytes)).toBe(true);
    const preview = await bytesOf(await staff.send('GET', `/api/images/${id}/thumbnail`));
    expect(await sharp(preview).metadata()).toMatchObject({ format: 'png' });
  });

  test('is 400 for invalid image data or parameters', async () => {
    const { message } = await refused(client, 400, 'POST', '/api/v2/images', ADD);
    expect(message).toBe('Validation failed');
    expect((await refusedToAdd(400, { image_data: base64(scan.slice(0, 20)) })).message).toBe(
      'Invalid image data',
    );
    expect((await refusedToAdd(400, { created_on: 'yesterday' })).details).toEqual([
      expect.stringMatching(/^created_on must be an ISO 8601 time/),
    ]);
    expect((await refusedToAdd(400, { name: undefined })).details).toEqual(['name is required']);
  });

  test('is 401 for an invalid or missing API key', async () => {
    await refusedToAdd(401, {}, await service.as());
    await refusedToAdd(401, {}, service.with({ 'x-api-key': 'not_a_key' }));
  });

  test('is 415 for an invalid format', async () => {
    for (const format of ['gif', 'webp'] as const) {
      const { bytes } = await photo({ format });
      await refusedToAdd(415, { image_data: base64(bytes) });
    }
    await refusedToAdd(415, { image_data: base64(new TextEncoder().encode('A letter.')) });
  });

  test('is 413 above 10 MB', async () => {
    await refusedToAdd(413, { image_data: base64(new Uint8Array(10 * 1024 * 1024 + 1)) });
    const uploadRequest = { name: 'scan.jpg', content_type: 'image/jpeg', patient_id: 'pat_12345' };
    const size = 10 * 1024 * 1024;
    await client.json('POST', '/api/v2/images', 201, { ...uploadRequest, size });
    await refused(client, 413, 'POST', '/api/v2/images', { ...uploadRequest, size: size + 1 });
  });

  test.each([
    [300, 300, true],
    [4000, 4000, true],
    [299, 300, false],
    [300, 299, false],
    [4001, 4000, false],
    [4000, 4001, false],
  ])('takes 300×300 to 4000×4000 pixels: %i × %i is %s', async (width, height, isTaken) => {
    const picture = sharp({ create: { width, height, channels: 3, background: 'teal' } });
    const image_data = base64(await picture.png().toBuffer());
    if (isTaken) expect((await add({ image_data })).metadata).toMatchObject({ width, height });
    else expect((await refusedToAdd(400, { image_data })).message).toBe('Invalid image data');
  });
});
