import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { bytesOf, headersOf, refused, shapeOf, UUID } from '../../support/contract.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, decided, formOf, type TestFile, useService } from '../../support/service.ts';

/** An image of a case, with all its fields. */
const CASE_IMAGE = {
  id: 'uuid',
  caseId: 'C-1',
  patientId: PATIENT_1,
  fileName: 'fundus.jpg',
  mimeType: 'image/jpeg',
  fileSize: 256000,
  width: 1200,
  height: 900,
  eyeSide: 'left',
  capturedAt: '2025-02-19T08:50:00Z',
  category: 'other',
  thumbnailUrl: 'https://example.com/thumbnail.jpg',
  status: 'ready',
  uploadedAt: '2025-02-19T08:50:00Z',
  uploadedBy: 'someone',
};

const service = useService();
const caseId = `C-${randomUUID()}`;
let patient: Client;
let otherPatient: Client;
let staff: Client;
let doctor: Client;
let admin: Client;
let file: TestFile;
let image: string;
beforeAll(async () => {
  patient = await service.as('patient-1');
  otherPatient = await service.as('patient-2');
  staff = await service.as('staff');
  doctor = await service.as('doctor');
  admin = await service.as('admin');
  file = await photo({ name: 'fundus.jpg', width: 1200, height: 900 });
});

const uploadRequest = () => ({
  fileName: file.name,
  mimeType: file.type,
  fileSize: file.bytes.length,
  caseId,
  eyeSide: 'left',
  capturedAt: '2025-02-19T08:50:00Z',
});
const send = (client: Client, fields: Record<string, string>, status = 201) =>
  client.json('POST', '/api/v1/images/upload', status, formOf(fields, { file: [file] }));

describe('POST /api/v1/images/upload-url', () => {
  test('generates a signed upload URL, which takes the file', async () => {
    const answer = await patient.json('POST', '/api/v1/images/upload-url', 201, uploadRequest());
    expect(answer).toEqual({
      imageId: expect.stringMatching(UUID),
      uploadUrl: expect.stringMatching(/^https?:/),
      method: 'PUT',
      headers: expect.any(Object),
      expiresAt: expect.stringMatching(/Z$/),
    });
    const { uploadUrl, method, headers } = answer;
    expect((await fetch(uploadUrl, { method, headers, body: file.bytes })).status).toBe(200);
    image = answer.imageId;
    expect(await decided(patient, image)).toMatchObject({ status: 'ready' });
  });

  test('refuses bad fields, large files and other types', async () => {
    const path = '/api/v1/images/upload-url';
    const { details } = await refused(patient, 400, 'POST', path, { ...uploadRequest(), eyeSide: 'third' });
    expect(details).toEqual([
      expect.stringMatching(/^eyeSide must be one of left, right, both, unknown; received "third"$/),
    ]);
    await refused(patient, 413, 'POST', path, { ...uploadRequest(), fileSize: 10 * 1024 * 1024 + 1 });
    await refused(patient, 415, 'POST', path, { ...uploadRequest(), mimeType: 'text/html' });
  });
});

describe('POST /api/v1/images/upload', () => {
  test.each(['left', 'right', 'both', 'unknown'])('takes a file of the eye %s', async (eyeSide) => {
    const given = { caseId, eyeSide, capturedAt: '2025-02-19T08:50:00Z' };
    const added = await send(patient, given);
    const { thumbnailUrl: _thumbnailUrl, width: _width, height: _height, ...known } = CASE_IMAGE;
    expect(added).toMatchObject(shapeOf(known) as object);
    expect(added).toMatchObject({ caseId, eyeSide, patientId: PATIENT_1, status: 'pending' });
    await decided(patient, added.id);
  });
});

describe('GET /api/v1/images/{id}/download-url', () => {
  test('returns a signed URL, which returns the file', async () => {
    const { url, fileName, expiresAt } = await patient.json(
      'GET',
      `/api/v1/images/${image}/download-url`,
      200,
    );
    expect([fileName, Date.parse(expiresAt) > Date.now()]).toEqual(['fundus.jpg', true]);
    expect((await bytesOf(await fetch(url))).equals(file.bytes)).toBe(true);
  });
});

describe('GET /api/v1/images/{id}/proxy', () => {
  test('returns the bytes with caching headers, once', async () => {
    const response = await patient.send('GET', `/api/v1/images/${image}/proxy`);
    expect(response.status).toBe(200);
    expect(headersOf(response)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, max-age=3600',
      vary: 'Authorization, Origin',
      etag: expect.any(String),
    });
    expect((await bytesOf(response)).equals(file.bytes)).toBe(true);
    const again = await patient.send('GET', `/api/v1/images/${image}/proxy`, undefined, {
      'if-none-match': response.headers.get('etag') ?? '',
    });
    expect(again.status).toBe(304);
  });
});

describe('GET /api/v1/images/cases/{caseId}', () => {
  test('lists all images of the case with every field', async () => {
    const { images } = await patient.json('GET', `/api/v1/images/cases/${caseId}`, 200);
    expect(images).toHaveLength(5);
    for (const each of images) expect(each).toMatchObject(shapeOf(CASE_IMAGE) as object);
    expect(images[0]).toMatchObject({
      id: image,
      caseId,
      fileName: 'fundus.jpg',
      mimeType: 'image/jpeg',
      fileSize: file.bytes.length,
      eyeSide: 'left',
      capturedAt: '2025-02-19T08:50:00Z',
      width: 1200,
      height: 900,
    });
  });

  test('shows thumbnails that fit into 400 × 400', async () => {
    const { images } = await patient.json('GET', `/api/v1/images/cases/${caseId}`, 200);
    const thumbnail = sharp(await bytesOf(await fetch(images[0].thumbnailUrl)));
    expect(await thumbnail.metadata()).toMatchObject({ format: 'jpeg', width: 400, height: 300 });
  });
});

describe('Access control', () => {
  const reads = () => [
    `/api/v1/images/${image}/download-url`,
    `/api/v1/images/${image}/proxy`,
    `/api/v1/images/cases/${caseId}`,
  ];

  test('lets patients view only what is linked to their own cases', async () => {
    for (const path of reads()) {
      expect((await patient.send('GET', path)).status).toBe(200);
      await refused(otherPatient, 404, 'GET', path);
    }
  });

  test('lets doctors and admins view all images', async () => {
    for (const client of [doctor, admin]) {
      for (const path of reads()) expect((await client.send('GET', path)).status).toBe(200);
    }
  });

  test('lets patients upload to their own cases, doctors and admins to all', async () => {
    await refused(otherPatient, 404, 'POST', '/api/v1/images/upload-url', uploadRequest());
    await refused(otherPatient, 404, 'POST', '/api/v1/images/upload', formOf({ caseId }, { file: [file] }));
    for (const client of [doctor, admin]) {
      await client.json('POST', '/api/v1/images/upload-url', 201, {
        ...uploadRequest(),
        patientId: PATIENT_1,
      });
      await send(client, { caseId, patientId: PATIENT_1 });
    }
  });

  test('refuses everybody else', async () => {
    const anonymous = await service.as();
    for (const path of reads()) await refused(anonymous, 401, 'GET', path);
    await refused(anonymous, 401, 'POST', '/api/v1/images/upload-url', uploadRequest());
    await refused(anonymous, 401, 'POST', '/api/v1/images/upload', formOf({ caseId }, { file: [file] }));
    await refused(anonymous, 401, 'DELETE', `/api/v1/images/${image}`);
  });
});

describe('DELETE /api/v1/images/{id}', () => {
  test('is for doctors and admins only', async () => {
    for (const client of [patient, staff]) await refused(client, 403, 'DELETE', `/api/v1/images/${image}`);
    await refused(otherPatient, 404, 'DELETE', `/api/v1/images/${image}`);
    const { images } = await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200);
    expect(images[0].id).toBe(image);
    for (const [client, { id }] of [
      [doctor, images[0]],
      [admin, images[1]],
    ]) {
      const response = await client.send('DELETE', `/api/v1/images/${id}`);
      expect([response.status, await response.text()]).toEqual([204, '']);
      await refused(client, 404, 'GET', `/api/v1/images/${id}/proxy`);
    }
  });
});
