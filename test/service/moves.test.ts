import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { listen } from '../support/listener.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  readyNames,
  until,
  upload,
  useService,
} from '../support/service.ts';

const service = useService();
let direct: Awaited<ReturnType<typeof directAccess>>;
let doctor: Client;
let admin: Client;
let first: Client;
let second: Client;
beforeAll(async () => {
  direct = await directAccess(service);
  [doctor, admin, first, second] = (await Promise.all(
    ['doctor', 'admin', 'patient-1', 'patient-2'].map((user) => service.as(user)),
  )) as [Client, Client, Client, Client];
});

async function batchOf(count: number) {
  const batch = await createBatch(doctor);
  const files = await Promise.all(Array.from({ length: count }, (_value, seed) => photo({ seed: seed + 1 })));
  const ids = await upload(doctor, batch, files);
  await Promise.all(ids.map((id) => decided(doctor, id)));
  return { batch, ids };
}
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);
const imagesOf = async (patient: string) =>
  idsOf((await doctor.json('GET', `/api/images?patient_id=${patient}&limit=200`, 200)).images);
const countOf = async (batch: string) =>
  (await doctor.json('GET', `/api/images/batches/${batch}`, 200)).image_count;
const reason = 'Sent under another number';

describe('An image that is moved to another patient', () => {
  test('is served to this patient only, and the move can be undone', async () => {
    const { batch, ids } = await batchOf(2);
    const [id = ''] = ids;
    const keys = (await direct.images.get(id))?.key;
    const answer = await doctor.json('POST', `/api/images/${id}/patient`, 200, {
      patient_id: PATIENT_2,
      reason,
    });
    expect(answer).toMatchObject({
      id,
      patient_id: PATIENT_2,
      previous_patient_id: PATIENT_1,
      batch: null,
      previous_batch: batch,
    });
    for (const path of ['', '/data', '/thumbnail', '/download']) {
      expect((await first.send('GET', `/api/images/${id}${path}`)).status, path).toBe(404);
      expect((await second.send('GET', `/api/images/${id}${path}`)).status, path).toBe(200);
    }
    expect(await imagesOf(PATIENT_1)).not.toContain(id);
    expect(await imagesOf(PATIENT_2)).toContain(id);
    expect(await countOf(batch)).toBe(1);
    expect(await readyNames(doctor, batch)).toHaveLength(1);
    // Nothing was copied.
    expect((await direct.images.get(id))?.key).toBe(keys);

    await doctor.json('POST', `/api/images/${id}/patient`, 200, {
      patient_id: answer.previous_patient_id,
      batch: answer.previous_batch,
      reason: 'It was right',
    });
    expect((await first.json('GET', `/api/images/${id}`, 200)).batch).toBe(batch);
    await second.json('GET', `/api/images/${id}`, 404);
    expect(await countOf(batch)).toBe(2);
    expect(await imagesOf(PATIENT_2)).not.toContain(id);
  });

  test('is in the audit log of both patients, with the reason', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    const because = `${reason} ${id}`;
    await doctor.json('POST', `/api/images/${id}/patient`, 200, { patient_id: PATIENT_2, reason: because });
    for (const patient of [PATIENT_1, PATIENT_2]) {
      const { events } = await admin.json('GET', `/api/audit?patient_id=${patient}&limit=50`, 200);
      expect(events.filter((event: { reason?: string }) => event.reason === because)).toMatchObject([
        { action: 'move-image', outcome: 'success' },
      ]);
    }
  });

  test('needs a reason, and a place of the same patient', async () => {
    const { batch, ids } = await batchOf(1);
    const path = `/api/images/${ids[0]}/patient`;
    await doctor.json('POST', path, 400, { patient_id: PATIENT_2 });
    await doctor.json('POST', path, 400, { patient_id: PATIENT_2, reason: ' ' });
    await doctor.json('POST', path, 409, { patient_id: PATIENT_2, batch, reason });
    await doctor.json('POST', path, 400, { patient_id: PATIENT_2, batch, case: 'C-1', reason });
    await doctor.json('POST', path, 404, { patient_id: PATIENT_2, case: `C-${batch}`, reason });
    expect(await countOf(batch)).toBe(1);
  });

  test('is opened by no link that was made before', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    const { images } = await first.json('GET', `/api/v2/images/patient/${PATIENT_1}`, 200);
    const { url } = images.find((image: { id: string }) => image.id === id);
    expect((await fetch(url, { redirect: 'manual' })).status).toBeLessThan(400);
    await doctor.json('POST', `/api/images/${id}/patient`, 200, { patient_id: PATIENT_2, reason });
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(404);
    const ofSecond = await second.json('GET', `/api/v2/images/patient/${PATIENT_2}`, 200);
    expect(idsOf(ofSecond.images)).toContain(id);
  });

  test('disappears from the open pages of one patient, and appears in those of the other', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    const listeners = await Promise.all(['patient-1', 'patient-2'].map((user) => listen(service, user)));
    await doctor.json('POST', `/api/images/${id}/patient`, 200, { patient_id: PATIENT_2, reason });
    const about = (type: string) => (message: { type: string; image?: { id: string } }) =>
      message.type === type && message.image?.id === id;
    await listeners[0]?.waitFor(about('IMAGE_DELETED'));
    await listeners[1]?.waitFor(about('IMAGE_READY'));
    for (const { socket } of listeners) socket.close();
  });

  test('ends the exports of its batch', async () => {
    const { batch, ids } = await batchOf(2);
    const { id } = await doctor.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
    await until(async () => (await doctor.json('GET', `/api/exports/${id}`, 200)).status === 'ready');
    await doctor.json('POST', `/api/images/${ids[0]}/patient`, 200, { patient_id: PATIENT_2, reason });
    await doctor.json('GET', `/api/exports/${id}`, 404);
  });
});

describe('A batch that is moved to another patient', () => {
  test('takes all its images with it, deleted ones too, and comes back', async () => {
    const { batch, ids } = await batchOf(3);
    const [id = '', ...others] = ids;
    await doctor.json('DELETE', `/api/images/${id}`, 204);
    const answer = await doctor.json('POST', `/api/images/batches/${batch}/patient`, 200, {
      patient_id: PATIENT_2,
      reason,
    });
    expect(answer).toMatchObject({ patient_id: PATIENT_2, previous_patient_id: PATIENT_1 });
    for (const other of others) {
      await first.json('GET', `/api/images/${other}`, 404);
      await second.json('GET', `/api/images/${other}`, 200);
    }
    await first.json('GET', `/api/images/batches/${batch}`, 404);
    expect((await second.json('GET', `/api/images/batches/${batch}`, 200)).object_id).toBe(PATIENT_2);
    await doctor.json('POST', `/api/images/${id}/restore`, 200);
    await second.json('GET', `/api/images/${id}`, 200);
    expect(await countOf(batch)).toBe(3);

    const path = `/api/images/batches/${batch}/patient`;
    await doctor.json('POST', path, 200, { patient_id: PATIENT_1, reason });
    for (const each of ids) await first.json('GET', `/api/images/${each}`, 200);
  });

  test('takes them with it also if the function ends in between', async () => {
    const { batch, ids } = await batchOf(2);
    const found = await direct.batches.get(batch);
    if (!found) throw new Error('the batch does not exist');
    await direct.batches.move(found, PATIENT_2, {
      by: 'd',
      at: new Date().toISOString(),
      from: PATIENT_1,
      reason,
    });
    for (const id of ids) await until(async () => (await direct.images.get(id))?.patientId === PATIENT_2);
    await until(async () => (await direct.batches.get(batch))?.unsettledSince === undefined);
  });

  test('takes an upload with it that arrives after the move', async () => {
    const batch = await createBatch(doctor);
    const { bytes } = await photo({ seed: 3 });
    const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls`, 201, {
      files: [{ name: 'late.jpg', size: bytes.length, type: 'image/jpeg' }],
    });
    const [{ id, upload_url: url, headers }] = uploads;
    await doctor.json('POST', `/api/images/batches/${batch}/patient`, 200, { patient_id: PATIENT_2, reason });
    expect((await fetch(url, { method: 'PUT', headers, body: bytes })).status).toBe(200);
    await decided(second, id);
    await first.json('GET', `/api/images/${id}`, 404);
    expect(await countOf(batch)).toBe(1);
  });
});

describe('A case that the clinic has used', () => {
  test('is moved to another patient with its images, for a reason, and comes back', async () => {
    const caseId = `C-${crypto.randomUUID()}`;
    const { bytes } = await photo({ seed: 4 });
    const { imageId, uploadUrl, headers } = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
      fileName: 'x.jpg',
      mimeType: 'image/jpeg',
      fileSize: bytes.length,
      caseId,
      patientId: PATIENT_1,
    });
    expect((await fetch(uploadUrl, { method: 'PUT', headers, body: bytes })).status).toBe(200);
    await decided(doctor, imageId);
    const path = `/api/v1/images/cases/${caseId}/patient`;
    await doctor.json('POST', path, 400, { patientId: PATIENT_2 });
    expect(await doctor.json('POST', path, 200, { patientId: PATIENT_2, reason })).toMatchObject({
      previousPatientId: PATIENT_1,
      imagesLeft: 0,
    });
    await first.json('GET', `/api/v1/images/cases/${caseId}`, 404);
    await first.json('GET', `/api/images/${imageId}`, 404);
    expect(idsOf((await second.json('GET', `/api/v1/images/cases/${caseId}`, 200)).images)).toEqual([
      imageId,
    ]);
    const listed = await doctor.json('GET', `/api/v1/images/cases?patientId=${PATIENT_2}`, 200);
    expect(JSON.stringify(listed)).toContain(caseId);
    await doctor.json('POST', path, 200, { patientId: PATIENT_1, reason });
    await first.json('GET', `/api/images/${imageId}`, 200);
  });
});

describe('An image under a legal hold', () => {
  test('is deleted and erased by nobody, alone or with its batch, until an admin releases it', async () => {
    const { batch, ids } = await batchOf(2);
    const [id = ''] = ids;
    const held = await admin.json('PUT', `/api/images/${id}/legal-hold`, 200, { reason: 'Trial 17' });
    expect(held.legal_hold).toMatchObject({ reason: 'Trial 17' });
    for (const path of [`/api/images/${id}`, `/api/images/batches/${batch}`, `/api/v1/images/${id}`]) {
      const refused = await doctor.json('DELETE', path, 409);
      expect(refused.message).toMatch(/legal hold/);
      await admin.json('DELETE', `${path}?erase=true`, 409);
    }
    expect(await countOf(batch)).toBe(2);
    expect((await doctor.send('GET', `/api/images/${id}/data`)).status).toBe(200);
    // A second order replaces the first.
    await admin.json('PUT', `/api/images/${id}/legal-hold`, 200, { reason: 'Trial 18' });
    await admin.json('DELETE', `/api/images/${id}/legal-hold`, 204);
    await admin.json('DELETE', `/api/images/${id}/legal-hold`, 204);
    await doctor.json('DELETE', `/api/images/${id}`, 204);
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
  });
});
