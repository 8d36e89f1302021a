import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { bytesOf, headersOf, refused, shapeOf, UUID } from '../../support/contract.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, decided, formOf, type TestFile, upload, useService } from '../../support/service.ts';
import { unzip } from '../../support/unzip.ts';

/** The categories as people read them, in the order of the menu, and the value of each in the API. */
const CATEGORIES = {
  Anterior: 'anterior',
  'R-Anterior': 'r_anterior',
  'L-Anterior': 'l_anterior',
  Posterior: 'posterior',
  'R-Posterior': 'r_posterior',
  'L-Posterior': 'l_posterior',
  'R-MFoot Length': 'r_mfoot_length',
  'R-MFoot Width': 'r_mfoot_width',
  'L-MFoot Length': 'l_mfoot_length',
  'L-MFoot Width': 'l_mfoot_width',
  Casts: 'casts',
  'Left Lat': 'left_lat',
  'Right Lat': 'right_lat',
  'R-Shoe': 'r_shoe',
  'L-Shoe': 'l_shoe',
  AFO: 'afo',
  'X-Ray': 'x_ray',
  CMO: 'cmo',
  'Last Design': 'last_design',
  Shoe: 'shoe',
  PodBox: 'podbox',
  'Pension Card': 'pension_card',
  'Medicare Card': 'medicare_card',
  Other: 'other',
} as const;

const CREATE_BATCH = { name: '6 Nov 2025', content_type: 'patients.patient', object_id: PATIENT_1 };

/** The fields of a batch. */
const BATCH = {
  id: 'uuid',
  name: '6 Nov 2025',
  content_type: 'patients.patient',
  object_id: PATIENT_1,
  image_count: 0,
  created_at: '2025-11-06T10:00:00Z',
  updated_at: '2025-11-06T10:00:00Z',
};

/** The fields of an image that is ready. */
const IMAGE = {
  id: 'uuid',
  batch: 'uuid',
  original_name: 'heel.jpg',
  s3_key: 'key',
  s3_thumbnail_key: 'key',
  category: 'other',
  caption: '',
  file_size: 1,
  thumbnail_size: 1,
  width: 1,
  height: 1,
  order: 0,
  uploaded_at: '2025-11-06T10:00:00Z',
  updated_at: '2025-11-06T10:00:00Z',
};

const service = useService();
let doctor: Client;
let patient: Client;
let first: TestFile;
let second: TestFile;
beforeAll(async () => {
  doctor = await service.as('doctor');
  patient = await service.as('patient-1');
  first = await photo({ name: 'back.jpg', width: 1200, height: 800 });
  second = await photo({ name: 'front.jpg', seed: 1 });
});

const newBatch = async (): Promise<string> =>
  (await doctor.json('POST', '/api/images/batches/', 201, CREATE_BATCH)).id;
const imagesOf = async (batch: string) =>
  (await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200)).images;
/** Sends the files as a form, and waits until they are ready; returns the ids of the images. */
async function send(batch: string, files: TestFile[], fields: Record<string, string> = {}) {
  const form = formOf(fields, { images: files });
  const { results } = await doctor.json('POST', `/api/images/batches/${batch}/upload/`, 201, form);
  const ids: string[] = results.map(({ image }: { image: { id: string } }) => image.id);
  for (const id of ids) expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  return ids;
}

describe('Batches', () => {
  test('are listed for a patient by GET /api/images/batches/?patient_id={id}', async () => {
    const object_id = 'P-5001';
    const { id } = await doctor.json('POST', '/api/images/batches/', 201, { ...CREATE_BATCH, object_id });
    const { batches } = await doctor.json('GET', `/api/images/batches/?patient_id=${object_id}`, 200);
    expect(batches).toEqual([expect.objectContaining({ ...(shapeOf(BATCH) as object), id })]);
  });

  test('are created by POST /api/images/batches/', async () => {
    const created = await doctor.json('POST', '/api/images/batches/', 201, CREATE_BATCH);
    expect(created).toEqual(shapeOf(BATCH));
    expect(created).toMatchObject({ ...CREATE_BATCH, image_count: 0, id: expect.stringMatching(UUID) });
  });

  test('have names of at most 255 characters', async () => {
    const named = (length: number) => ({ ...CREATE_BATCH, name: 'x'.repeat(length) });
    await doctor.json('POST', '/api/images/batches/', 201, named(255));
    expect((await refused(doctor, 400, 'POST', '/api/images/batches/', named(256))).details).toEqual([
      'name must be at most 255 characters long',
    ]);
  });

  test('are shown, renamed and deleted with all images in them', async () => {
    const batch = await newBatch();
    const path = `/api/images/batches/${batch}/`;
    const [image] = await send(batch, [first]);
    expect(await doctor.json('GET', path, 200)).toMatchObject({ ...CREATE_BATCH, image_count: 1 });
    const renamed = await doctor.json('PUT', path, 200, { name: '7 Nov 2025' });
    expect(renamed).toEqual(shapeOf(BATCH));
    expect(renamed).toMatchObject({ id: batch, name: '7 Nov 2025', image_count: 1 });
    expect((await doctor.send('DELETE', path)).status).toBe(204);
    await refused(doctor, 404, 'GET', path);
    await refused(doctor, 404, 'GET', `/api/images/${image}/`);
  });

  test('are counted for the badges', async () => {
    const object_id = 'P-5002';
    const { id } = await doctor.json('POST', '/api/images/batches/', 201, { ...CREATE_BATCH, object_id });
    await send(id, [first, second]);
    const summary = await doctor.json('GET', `/api/patients/${object_id}/image-summary/`, 200);
    expect(summary).toEqual({ batches: 1, images: 2 });
  });
});

describe('POST /api/images/batches/{id}/upload/', () => {
  test('takes images, categories and captions', async () => {
    const batch = await newBatch();
    const ids = await send(batch, [first, second], {
      categories: '["posterior", "anterior"]',
      captions: '["", ""]',
    });
    const images = await imagesOf(batch);
    expect(images).toMatchObject([
      { id: ids[0], original_name: 'back.jpg', category: 'posterior', caption: '' },
      { id: ids[1], original_name: 'front.jpg', category: 'anterior', caption: '' },
    ]);
    expect(await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({ image_count: 2 });
  });

  test.each(['jpeg', 'png', 'gif', 'webp'] as const)('takes a %s', async (format) => {
    const batch = await newBatch();
    const [id] = await send(batch, [await photo({ format })]);
    expect(await doctor.json('GET', `/api/images/${id}/`, 200)).toMatchObject({
      content_type: `image/${format}`,
    });
  });

  test('stores the other images if one fails', async () => {
    const letter = { name: 'letter.jpg', type: 'image/jpeg', bytes: new TextEncoder().encode('A letter.') };
    const form = formOf({}, { images: [letter, first] });
    const path = `/api/images/batches/${await newBatch()}/upload/`;
    const { results } = await doctor.json('POST', path, 207, form);
    expect(results).toMatchObject([
      { status: 'refused', reasons: [expect.any(String)] },
      { status: 'created' },
    ]);
    await refused(doctor, 400, 'POST', path, formOf({}, { images: [letter] }));
  });

  test.each([
    [10 * 1024 * 1024, 201],
    [10 * 1024 * 1024 + 1, 413],
  ])('takes 10 MB for each image, which is sent to a signed URL: %i bytes are %i', async (size, status) => {
    const path = `/api/images/batches/${await newBatch()}/upload-urls/`;
    const files = [{ name: 'x.jpg', size, type: 'image/jpeg' }];
    expect((await doctor.send('POST', path, { files })).status).toBe(status);
  });
});

describe('GET /api/images/', () => {
  test('lists the images of a batch with every field, and S3 keys that contain only its id', async () => {
    const batch = await newBatch();
    const [id] = await send(batch, [first]);
    const [image] = await imagesOf(batch);
    expect(image).toMatchObject(shapeOf(IMAGE) as object);
    expect(image).toMatchObject({
      id,
      batch,
      original_name: 'back.jpg',
      category: 'other',
      caption: '',
      date_taken: null,
      order: 0,
      file_size: first.bytes.length,
      width: 1200,
      height: 800,
      s3_key: `images/${id}.jpg`,
      s3_thumbnail_key: `images/${id}_thumb.jpg`,
    });
  });

  test('shows thumbnails of at most 300 × 300 in JPEG of quality 85', async () => {
    const batch = await newBatch();
    await send(batch, [first]);
    const [{ thumbnail_url, thumbnail_size }] = await imagesOf(batch);
    const bytes = await bytesOf(await fetch(thumbnail_url));
    expect(bytes.length).toBe(thumbnail_size);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 });
    // Only the quantization table depends on the quality: another image of that quality has the same table.
    const other = await sharp(second.bytes).jpeg({ quality: 85 }).toBuffer();
    expect(luminanceTable(bytes)).toEqual(luminanceTable(other));
  });
});

/** The first quantization table of a JPEG (ITU-T T.81, B.2.4.1). */
function luminanceTable(jpeg: Buffer): number[] {
  const at = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
  expect(at).toBeGreaterThan(0);
  return [...jpeg.subarray(at + 5, at + 5 + 64)];
}

describe('GET and PATCH /api/images/{id}/', () => {
  test('show an image, and change its category, caption and date', async () => {
    const batch = await newBatch();
    const [id] = await send(batch, [first]);
    const path = `/api/images/${id}/`;
    const [listed] = await imagesOf(batch);
    const { thumbnail_url: _thumbnail_url, ...image } = await doctor.json('GET', path, 200);
    expect(listed).toMatchObject(image);
    const changes = { category: 'posterior', caption: 'Standing', date_taken: '2025-11-06' };
    const changed = await doctor.json('PATCH', path, 200, changes);
    expect(changed).toMatchObject({ ...(shapeOf(IMAGE) as object), id, ...changes });
    expect(await doctor.json('GET', path, 200)).toMatchObject(changes);
  });

  test('take each category of the menu, and store it', async () => {
    const batch = await newBatch();
    const categories = Object.values(CATEGORIES);
    const files = categories.map((category) => ({ ...second, name: `${category}.jpg` }));
    const form = formOf({ categories: JSON.stringify(categories) }, { images: files });
    const { results } = await doctor.json('POST', `/api/images/batches/${batch}/upload/`, 201, form);
    const listed = await imagesOf(batch);
    expect(listed.map(({ category }: { category: string }) => category)).toEqual(categories);
    const path = `/api/images/${results[0].image.id}/`;
    for (const category of categories) {
      expect(await doctor.json('PATCH', path, 200, { category })).toMatchObject({ category });
      expect(await doctor.json('GET', path, 200)).toMatchObject({ category });
    }
    const { details } = await refused(doctor, 400, 'PATCH', path, { category: 'elbow' });
    expect(details).toEqual([`category must be one of ${categories.join(', ')}; received "elbow"`]);
  });
});

describe('DELETE /api/images/{id}/', () => {
  test('deletes an image, and lowers the count of its batch by one', async () => {
    const batch = await newBatch();
    const [id] = await send(batch, [first, second]);
    expect((await doctor.send('DELETE', `/api/images/${id}/`)).status).toBe(204);
    await refused(doctor, 404, 'GET', `/api/images/${id}/`);
    expect(await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({ image_count: 1 });
  });
});

describe('Downloads', () => {
  let batch: string;
  let ids: string[];
  beforeAll(async () => {
    batch = await newBatch();
    ids = await send(batch, [first, second, await photo({ name: 'side.png', format: 'png', seed: 2 })]);
  });

  test('of a batch are a ZIP file of all images', async () => {
    const response = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const entries = await unzip(await bytesOf(response));
    expect([...entries.keys()]).toEqual(['back.jpg', 'front.jpg', 'side.png']);
    expect(entries.get('back.jpg')?.equals(first.bytes)).toBe(true);
  });

  test('of a selection are a ZIP file of the selected images only', async () => {
    const query = `?image_ids=${ids[0]}&image_ids=${ids[2]}`;
    const response = await doctor.send('GET', `/api/images/batches/${batch}/download/${query}`);
    expect(response.status).toBe(200);
    expect([...(await unzip(await bytesOf(response))).keys()]).toEqual(['back.jpg', 'side.png']);
  });

  test('of one image are its file with download headers', async () => {
    const response = await doctor.send('GET', `/api/images/${ids[0]}/download/`);
    expect(response.status).toBe(200);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'attachment; filename="back.jpg"',
      'content-length': String(first.bytes.length),
    });
    expect((await bytesOf(response)).equals(first.bytes)).toBe(true);
  });
});

describe('A resource that does not exist, or belongs to another patient', () => {
  const requests: [string, string, unknown?][] = [
    ['GET', '/api/images/batches/{id}/'],
    ['PUT', '/api/images/batches/{id}/', { name: 'x' }],
    ['DELETE', '/api/images/batches/{id}/'],
    ['GET', '/api/images/batches/{id}/download/'],
    ['GET', '/api/images/?batch_id={id}'],
    ['GET', '/api/images/{id}/'],
    ['PATCH', '/api/images/{id}/', { caption: 'x' }],
    ['DELETE', '/api/images/{id}/'],
    ['GET', '/api/images/{id}/download/'],
  ];

  test.each(requests)('is 404 for %s %s, and 401 without a token', async (method, path, body) => {
    const filled = path.replace('{id}', randomUUID());
    await refused(doctor, 404, method, filled, body);
    await refused(await service.as(), 401, method, filled, body);
  });

  test('is 403 for patients who try to delete their own', async () => {
    const batch = await newBatch();
    const [id = ''] = await upload(patient, batch, [second]);
    await refused(patient, 403, 'DELETE', `/api/images/batches/${batch}/`);
    await refused(patient, 403, 'DELETE', `/api/images/${id}/`);
  });
});
