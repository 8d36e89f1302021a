import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1 } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();

// RFC 9110, 8.3.1: type and subtype are case-insensitive, and may have parameters.
test.each(['IMAGE/JPEG', 'image/jpeg; charset=binary', ' Image/Jpeg ;q=1'])(
  'An upload as "%s" is taken as JPEG, and so does its URL',
  async (type) => {
    const doctor = await service.as('doctor');
    const file = { ...(await photo({ seed: type.length })), type };
    const [id = ''] = await upload(doctor, await createBatch(doctor), [file]);
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready', content_type: 'image/jpeg' });

    const { length: fileSize } = file.bytes;
    const ofCase = {
      fileName: file.name,
      mimeType: type,
      fileSize,
      caseId: `C-${randomUUID()}`,
      patientId: PATIENT_1,
    };
    const { imageId, uploadUrl, headers } = await doctor.json(
      'POST',
      '/api/v1/images/upload-url',
      201,
      ofCase,
    );
    expect((await fetch(uploadUrl, { method: 'PUT', headers, body: file.bytes })).status).toBe(200);
    expect(await decided(doctor, imageId)).toMatchObject({ status: 'ready' });
  },
);

test.each(['text/html', 'image/svg+xml', 'TEXT/HTML; x=image/jpeg', 'constructor'])(
  '"%s" is refused',
  async (type) => {
    const doctor = await service.as('doctor');
    const files = [{ name: 'a.jpg', size: 1, type }];
    const batch = await createBatch(doctor);
    await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 415, { files });
  },
);
