import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  type TestFile,
  upload,
  useService,
} from '../../support/service.ts';
import { unzip } from '../../support/unzip.ts';

const service = useService();
let doctor: Client;
let batch: string;
let file: TestFile;
let imageId: string;

beforeAll(async () => {
  doctor = await service.as('doctor');
  batch = await createBatch(doctor);
  // Rotated by EXIF, as phones store them: 300 × 200 stored, 200 × 300 when displayed.
  file = await photo({ width: 300, height: 200, orientation: 6, name: 'Ferse "links".jpg' });
  [imageId = ''] = await upload(doctor, batch, [file]);
  expect(await decided(doctor, imageId)).toMatchObject({ status: 'ready', width: 200, height: 300 });
});

describe('An uploaded photo', () => {
  test('is listed in its batch with a thumbnail that anybody with its URL can load', async () => {
    const { images, next } = await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200);
    expect(next).toBeNull();
    expect(images).toMatchObject([
      {
        id: imageId,
        batch,
        original_name: file.name,
        category: 'other',
        file_size: file.bytes.length,
        content_type: 'image/jpeg',
      },
    ]);
    const thumbnail = await fetch(images[0].thumbnail_url);
    expect(thumbnail.headers.get('content-type')).toBe('image/jpeg');
    const { width, height, exif } = await sharp(await thumbnail.arrayBuffer()).metadata();
    expect({ width, height, exif }).toEqual({ width: 200, height: 300, exif: undefined });
  });

  test('is returned in chunks, with the headers that forbid caches to store it', async () => {
    const response = await doctor.send('GET', `/api/images/${imageId}/data`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': `inline; filename="Ferse \\"links\\".jpg"`,
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
      'content-length': String(file.bytes.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-request-id': expect.any(String),
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes)).toBe(true);
  });

  test('is returned in base64 to clients that accept only JSON', async () => {
    const { image_data, ...image } = await doctor.json(
      'GET',
      `/api/images/${imageId}/?include=image_data`,
      200,
    );
    expect(Buffer.from(image_data, 'base64').equals(file.bytes)).toBe(true);
    expect(image).toEqual(await doctor.json('GET', `/api/images/${imageId}/`, 200));
    await doctor.json('GET', `/api/images/${imageId}/?include=everything`, 400);
  });

  test('is returned in ranges', async () => {
    const response = await doctor.send('GET', `/api/images/${imageId}/data`, undefined, {
      range: 'bytes=100-199',
    });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 100-199/${file.bytes.length}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes.subarray(100, 200))).toBe(true);
    const beyond = await doctor.send('GET', `/api/images/${imageId}/data`, undefined, {
      range: 'bytes=999999999-',
    });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${file.bytes.length}`);
  });

  test('is not sent again to a client that has it', async () => {
    const etag = (await doctor.send('GET', `/api/images/${imageId}/data`)).headers.get('etag') ?? '';
    const response = await doctor.send('GET', `/api/images/${imageId}/data`, undefined, {
      'if-none-match': etag,
    });
    expect([response.status, await response.text()]).toEqual([304, '']);
  });

  test('has a PNG thumbnail', async () => {
    const response = await doctor.send('GET', `/api/images/${imageId}/thumbnail/`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename="thumb_Ferse \\"links\\".jpg"`,
      'cache-control': 'private, max-age=3600',
    });
    expect(await sharp(await response.arrayBuffer()).metadata()).toMatchObject({
      format: 'png',
      width: 200,
      height: 300,
    });
  });

  test('has a download URL with its name', async () => {
    const { url, fileName } = await doctor.json('GET', `/api/v1/images/${imageId}/download-url`, 200);
    expect(fileName).toBe(file.name);
    const response = await fetch(url);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="Ferse \\"links\\".jpg"`);
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes)).toBe(true);
  });

  test('is cached by a browser for a while, revalidated by its entity tag, and returned in ranges', async () => {
    const path = `/api/v1/images/${imageId}/proxy`;
    const response = await doctor.send('GET', path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
    expect(response.headers.get('content-disposition')).toMatch(/^inline; /);
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes)).toBe(true);
    const etag = response.headers.get('etag') ?? '';
    const again = await doctor.send('GET', path, undefined, { 'if-none-match': etag });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    const range = await doctor.send('GET', path, undefined, { range: 'bytes=-10', 'if-range': etag });
    expect(range.status).toBe(206);
    expect(Buffer.from(await range.arrayBuffer()).equals(file.bytes.subarray(-10))).toBe(true);
  });

  test('is saved as a file, whole or from where the download was interrupted', async () => {
    const path = `/api/images/${imageId}/download/`;
    const response = await doctor.send('GET', path);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': `attachment; filename="Ferse \\"links\\".jpg"`,
      'content-length': String(file.bytes.length),
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes)).toBe(true);
    const rest = await doctor.send('GET', path, undefined, { range: 'bytes=1000-' });
    expect(rest.status).toBe(206);
    expect(Buffer.from(await rest.arrayBuffer()).equals(file.bytes.subarray(1000))).toBe(true);
  });

  test('can be given a description', async () => {
    const changes = { category: 'posterior', caption: 'standing', date_taken: '2025-11-06', order: 3 };
    expect(await doctor.json('PATCH', `/api/images/${imageId}/`, 200, changes)).toMatchObject(changes);
    expect(await doctor.json('PATCH', `/api/images/${imageId}/`, 200, { date_taken: null })).toMatchObject({
      ...changes,
      date_taken: null,
    });
  });

  test('is counted by its batch', async () => {
    expect(await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({
      name: 'Visit',
      object_id: PATIENT_1,
      content_type: 'patients.patient',
      image_count: 1,
    });
  });

  test('is in the ZIP of its batch, whose length is known beforehand', async () => {
    const response = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
    const zip = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(zip.length));
    expect(response.headers.get('content-type')).toBe('application/zip');
    const again = await doctor.send(
      'GET',
      `/api/images/batches/${batch}/download/?image_ids=${imageId},${imageId}`,
    );
    expect(Buffer.from(await again.arrayBuffer()).equals(zip)).toBe(true);
    expect([...(await unzip(zip)).values()]).toEqual([Buffer.from(file.bytes)]);
  });
});

describe('A batch', () => {
  test('is renamed, and listed for its patient, newest first', async () => {
    const older = await createBatch(doctor, 'P-2000', 'older');
    const newer = await createBatch(doctor, 'P-2000', 'newer');
    await doctor.json('PUT', `/api/images/batches/${older}/`, 200, { name: 'renamed' });
    const list = await doctor.json('GET', '/api/images/batches/?patient_id=P-2000', 200);
    expect(list.batches.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
      [newer, 'newer'],
      [older, 'renamed'],
    ]);
  });

  test('is listed in pages', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await createBatch(doctor, 'P-2001', `${i}`));
    const seen: string[] = [];
    let next = '';
    do {
      const cursor: string = next && `&cursor=${next}`;
      const page = await doctor.json('GET', `/api/images/batches/?patient_id=P-2001&limit=2${cursor}`, 200);
      seen.push(...page.batches.map(({ id }: { id: string }) => id));
      next = page.next;
    } while (next);
    expect(seen).toEqual(ids);
  });
});

describe('An image of a case', () => {
  const body = { fileName: 'fundus.png', mimeType: 'image/png', caseId: 'C-1', eyeSide: 'left' };

  test('passes through the whole pipeline, and the case then belongs to the patient', async () => {
    const { bytes } = await photo({ format: 'png', width: 500, height: 450 });
    const upload = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
      ...body,
      patientId: PATIENT_1,
      fileSize: bytes.length,
    });
    expect(Object.keys(upload).sort()).toEqual(['expiresAt', 'headers', 'imageId', 'method', 'uploadUrl']);
    const put = await fetch(upload.uploadUrl, {
      method: upload.method,
      headers: upload.headers,
      body: bytes,
    });
    expect(put.status).toBe(200);
    await decided(doctor, upload.imageId);
    const patient = await service.as('patient-1');
    const { images } = await patient.json('GET', '/api/v1/images/cases/C-1', 200);
    expect(images).toMatchObject([
      {
        id: upload.imageId,
        caseId: 'C-1',
        patientId: PATIENT_1,
        fileName: 'fundus.png',
        eyeSide: 'left',
        status: 'ready',
        width: 500,
        height: 450,
        fileSize: bytes.length,
      },
    ]);
    expect(await sharp(await (await fetch(images[0].thumbnailUrl)).arrayBuffer()).metadata()).toMatchObject({
      width: 400,
      height: 360,
    });

    const second = await doctor.json('POST', '/api/v1/images/upload-url', 409, {
      ...body,
      patientId: PATIENT_2,
      fileSize: 1,
    });
    expect(second).toMatchObject({ statusCode: 409, error: 'Conflict' });
    await doctor.json('POST', '/api/v1/images/upload-url', 201, { ...body, fileSize: 1 });
    await doctor.json('GET', `/api/images/${upload.imageId.toUpperCase()}/`, 200);
    const other = await service.as('patient-2');
    await other.json('POST', '/api/v1/images/upload-url', 404, { ...body, fileSize: 1 });
    await other.json('GET', '/api/v1/images/cases/C-1', 404);
  });

  test('is never added to the record of a patient who guessed the number of the case', async () => {
    const guesser = await service.as('patient-1');
    await guesser.json('POST', '/api/v1/images/upload-url', 201, {
      ...body,
      caseId: 'C-guessed',
      fileSize: 1,
    });
    const unnamed = { ...body, caseId: 'C-guessed', fileSize: 1 };
    expect((await doctor.json('POST', '/api/v1/images/upload-url', 400, unnamed)).details).toEqual([
      expect.stringMatching(/^patientId is required/),
    ]);
  });
});
