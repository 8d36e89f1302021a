import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { type Client, decided, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let doctor: Client;
beforeAll(async () => {
  [staff, doctor] = await Promise.all([service.as('staff'), service.as('doctor')]);
});

/** A new patient, and the number of a case that nobody has used. */
async function newPatient() {
  const patientId = `P-${randomUUID().toUpperCase()}`;
  const client = await service.as('patient-1', { sub: patientId, 'custom:patient_id': patientId });
  return { patientId, client, caseId: `C-${randomUUID()}` };
}

/** Requests a signed upload URL of an image of the case. */
async function requestUpload(client: Client, caseId: string, patientId: string, status = 201) {
  const { bytes, type, name } = await photo();
  const body = { fileName: name, mimeType: type, fileSize: bytes.length, caseId, patientId };
  const { imageId, uploadUrl, headers } = await client.json(
    'POST',
    '/api/v1/images/upload-url',
    status,
    body,
  );
  return {
    imageId,
    send: async () => {
      expect((await fetch(uploadUrl, { method: 'PUT', headers, body: bytes })).status).toBe(200);
      return decided(client, imageId);
    },
  };
}

const imagesOf = async (client: Client, caseId: string) =>
  (await client.json('GET', `/api/v1/images/cases/${caseId}`, 200)).images.map(
    ({ id }: { id: string }) => id,
  );
const assign = (client: Client, caseId: string, patientId: string, status = 200) =>
  client.json('POST', `/api/v1/images/cases/${caseId}/patient`, status, { patientId });

describe('The number of a case that only a patient has used', () => {
  test('is given to another patient by a doctor; the first patient keeps the image, without the case', async () => {
    const { patientId, client, caseId } = await newPatient();
    const other = await newPatient();
    const { imageId, send } = await requestUpload(client, caseId, patientId);
    expect((await send()).status).toBe('ready');
    await requestUpload(staff, caseId, other.patientId, 409);
    await assign(staff, caseId, other.patientId, 403);
    await assign(client, caseId, other.patientId, 403);
    expect(await assign(doctor, caseId, other.patientId)).toMatchObject({
      id: caseId,
      patientId: other.patientId,
      previousPatientId: patientId,
      imagesLeft: 1,
    });
    const clinics = await requestUpload(staff, caseId, other.patientId);
    expect((await clinics.send()).status).toBe('ready');
    expect(await imagesOf(other.client, caseId)).toEqual([clinics.imageId]);
    await client.json('GET', `/api/v1/images/cases/${caseId}`, 404);
    const { images } = await client.json('GET', `/api/images?patient_id=${patientId}`, 200);
    expect(images).toMatchObject([{ id: imageId, status: 'ready', source: 'patient' }]);
    expect((await client.send('GET', `/api/images/${imageId}/data`)).status).toBe(200);
  });

  test('becomes the clinic’s with its images if it is the same patient’s, and is then never given away', async () => {
    const { patientId, client, caseId } = await newPatient();
    const { imageId, send } = await requestUpload(client, caseId, patientId);
    await send();
    expect(await assign(doctor, caseId, patientId)).toMatchObject({ imagesLeft: 0 });
    expect(await imagesOf(client, caseId)).toEqual([imageId]);
    const other = await newPatient();
    expect(await assign(doctor, caseId, other.patientId, 400)).toMatchObject({
      details: [expect.stringContaining('reason is required')],
    });
  });

  test('is free for the clinic once its images are deleted', async () => {
    const { patientId, client, caseId } = await newPatient();
    const { imageId, send } = await requestUpload(client, caseId, patientId);
    await send();
    await doctor.json('DELETE', `/api/v1/images/${imageId}`, 204);
    const other = await newPatient();
    const clinics = await requestUpload(staff, caseId, other.patientId);
    await clinics.send();
    expect(await imagesOf(other.client, caseId)).toEqual([clinics.imageId]);
    await requestUpload(client, caseId, patientId, 404);
  });

  test('is free for the clinic while it has no image; an image that is stored later is kept without the case', async () => {
    const { patientId, client, caseId } = await newPatient();
    const late = await requestUpload(client, caseId, patientId);
    const other = await newPatient();
    await (await requestUpload(staff, caseId, other.patientId)).send();
    expect(await late.send()).toMatchObject({ status: 'ready' });
    expect(await imagesOf(other.client, caseId)).not.toContain(late.imageId);
    const { images } = await client.json('GET', `/api/images?patient_id=${patientId}`, 200);
    expect(images).toMatchObject([{ id: late.imageId, status: 'ready' }]);
  });

  test('is the clinic’s from its first image: an image of another patient is refused', async () => {
    const { patientId, client, caseId } = await newPatient();
    const { send } = await requestUpload(client, caseId, patientId);
    await send();
    await (await requestUpload(staff, caseId, patientId)).send();
    const other = await newPatient();
    await assign(doctor, caseId, other.patientId, 400);
    await requestUpload(staff, caseId, other.patientId, 409);
  });
});
