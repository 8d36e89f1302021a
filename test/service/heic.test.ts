import sharp from 'sharp';
import { expect, test } from 'vitest';
import { heic } from '../fixtures/heics.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();

const patient = 'P-HEIC-1';
const file = heic({ grid: { columns: 3, rows: 2 }, turns: 1 });

test('A photograph of an iPhone is taken as HEIC, shown upright, and returned unchanged', async () => {
  const doctor = await service.as('doctor');
  // As some programs send it: named and declared as another type.
  const photo = { name: 'IMG_0001.jpg', bytes: new Uint8Array(file), type: 'image/jpeg' };
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), [photo]);
  expect(await decided(doctor, id)).toMatchObject({
    status: 'ready',
    content_type: 'image/heic',
    width: 128,
    height: 192,
  });

  const original = await doctor.send('GET', `/api/images/${id}/data`);
  expect(original.headers.get('content-type')).toBe('image/heic');
  expect(original.headers.get('content-disposition')).toContain('IMG_0001.heic');
  expect(Buffer.from(await original.arrayBuffer()).equals(file)).toBe(true);

  for (const [path, width, height] of [
    [`/api/images/${id}/thumbnail`, 128, 192],
    [`/api/images/${id}/data?width=64&format=webp`, 64, 96],
  ] as const) {
    const shown = await doctor.send('GET', path);
    expect(shown.status, path).toBe(200);
    expect(await sharp(await shown.arrayBuffer()).metadata()).toMatchObject({ width, height });
  }
});

test('A case takes HEIC by a signed URL, and a record refuses it', async () => {
  const doctor = await service.as('doctor');
  const asked = await doctor.send('POST', '/api/v1/images/upload-url', {
    fileName: 'IMG_0002.HEIC',
    mimeType: 'image/heic',
    fileSize: file.length,
    caseId: 'HEIC-1',
    patientId: patient,
  });
  expect(asked.status).toBe(201);
  const record = await doctor.send('POST', '/api/v2/images', {
    image_data: file.toString('base64'),
    name: 'IMG_0003.HEIC',
    patient_id: patient,
  });
  expect(record.status).toBe(415);
});
