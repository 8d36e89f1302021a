import { beforeAll, describe, expect, test } from 'vitest';
import { annotationCountKey, annotationKey, annotationVersionKey, editKey } from '../../lib/data/keys.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { listen } from '../support/listener.ts';
import { onlyMessage } from '../support/only-message.ts';
import { PATIENT_1 } from '../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  readyNames,
  until,
  upload,
  useService,
} from '../support/service.ts';
import { unzip } from '../support/unzip.ts';

const service = useService();
let direct: Awaited<ReturnType<typeof directAccess>>;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  direct = await directAccess(service);
  doctor = await service.as('doctor');
  admin = await service.as('admin');
});

async function batchOf(count: number) {
  const batch = await createBatch(doctor);
  const files = await Promise.all(Array.from({ length: count }, (_value, seed) => photo({ seed: seed + 1 })));
  const ids = await upload(doctor, batch, files);
  await Promise.all(ids.map((id) => decided(doctor, id)));
  return { batch, ids, files };
}
const countOf = async (batch: string) =>
  (await doctor.json('GET', `/api/images/batches/${batch}`, 200)).image_count;
const deleted = () => doctor.json('GET', `/api/patients/${PATIENT_1}/deleted?limit=200`, 200);
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);
const objectsOf = (id: string) => direct.bucket.read(`images/${id}.jpg`);

describe('A deleted image', () => {
  test('is served by nothing, and comes back with its bytes, its place and its count', async () => {
    const { batch, ids, files } = await batchOf(3);
    const [, id = ''] = ids;
    const { next: _next, ...before } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
    await doctor.json('DELETE', `/api/images/${id}`, 204);

    for (const path of ['', '/data', '/thumbnail', '/download'])
      expect((await doctor.send('GET', `/api/images/${id}${path}`)).status, path).toBe(404);
    await doctor.json('GET', `/api/v1/images/${id}/download-url`, 404);
    await doctor.json('PATCH', `/api/images/${id}`, 404, { caption: 'x' });
    expect(idsOf((await doctor.json('GET', `/api/images?batch_id=${batch}`, 200)).images)).not.toContain(id);
    const ofPatient = await doctor.json('GET', `/api/images?patient_id=${PATIENT_1}&limit=200`, 200);
    expect(idsOf(ofPatient.images)).not.toContain(id);
    expect(await countOf(batch)).toBe(2);
    const zip = await doctor.send('GET', `/api/images/batches/${batch}/download`);
    expect(await unzip(Buffer.from(await zip.arrayBuffer()))).toHaveLength(2);

    const listed = (await deleted()).images.find((image: { id: string }) => image.id === id);
    expect(listed).toMatchObject({ batch, status: 'deleted' });
    const days = (Date.parse(listed.restorable_until) - Date.parse(listed.deleted_at)) / 86_400_000;
    expect(days).toBeCloseTo(30, 3);
    expect(JSON.stringify(listed)).not.toContain('http');

    expect((await doctor.json('POST', `/api/images/${id}/restore`, 200)).status).toBe('ready');
    const { next: _after, ...after } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
    expect(idsOf(after.images)).toEqual(idsOf(before.images));
    expect(await countOf(batch)).toBe(3);
    const original = await doctor.send('GET', `/api/images/${id}/data`);
    expect(Buffer.from(await original.arrayBuffer()).equals(Buffer.from(files[1]?.bytes ?? []))).toBe(true);
    expect(idsOf((await deleted()).images)).not.toContain(id);
    // A client may send the request again.
    await doctor.json('POST', `/api/images/${id}/restore`, 200);
    expect(await countOf(batch)).toBe(3);
  });

  test('stays deleted when the event of its upload comes again, and its objects stay', async () => {
    const { batch, ids } = await batchOf(1);
    const [id = ''] = ids;
    await doctor.json('DELETE', `/api/images/${id}`, 204);
    const { handle } = await import('../../functions/events/make-thumbnail/handler.ts');
    await handle({ key: `incoming/${id}` } as Parameters<typeof handle>[0], direct, onlyMessage);
    await doctor.json('GET', `/api/images/${id}`, 404);
    expect(await objectsOf(id)).toBeDefined();
    await doctor.json('POST', `/api/images/${id}/restore`, 200);
    expect(await countOf(batch)).toBe(1);
  });

  test('cannot be restored after its time', async () => {
    const { ids } = await batchOf(1);
    const image = await direct.images.get(ids[0] ?? '');
    if (!image) throw new Error('the image does not exist');
    const at = new Date();
    await direct.imageRemovals.delete(image, { by: 'd', at, until: at });
    await doctor.json('POST', `/api/images/${image.id}/restore`, 404);
    expect(idsOf((await deleted()).images)).not.toContain(image.id);
  });

  test('is restored by doctors and admins only, and nobody else learns of it', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    await doctor.json('DELETE', `/api/images/${id}`, 204);
    for (const [person, status] of [
      ['staff', 403],
      ['patient-1', 403],
      ['patient-2', 404],
    ] as const) {
      const client = await service.as(person);
      await client.json('POST', `/api/images/${id}/restore`, status);
      await client.json('GET', `/api/patients/${PATIENT_1}/deleted`, status);
      await client.json('GET', `/api/images/${id}`, 404);
    }
    await admin.json('POST', `/api/images/${id}/restore`, 200);
  });

  test('is erased at once by admins only, whether it was deleted before or not', async () => {
    const { batch, ids } = await batchOf(2);
    const [first = ''] = ids;
    await doctor.json('DELETE', `/api/images/${first}`, 204);
    for (const id of ids) await doctor.json('DELETE', `/api/images/${id}?erase=true`, 403);
    for (const id of ids) await admin.json('DELETE', `/api/images/${id}?erase=true`, 204);
    for (const id of ids) {
      await until(async () => (await objectsOf(id)) === undefined);
      await doctor.json('POST', `/api/images/${id}/restore`, 404);
    }
    expect(await countOf(batch)).toBe(0);
    const listed = idsOf((await deleted()).images);
    for (const id of ids) expect(listed).not.toContain(id);
  });

  test('is announced to open pages as deleted, and as new when it is restored', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    const listener = await listen(service, 'doctor');
    await doctor.json('DELETE', `/api/images/${id}`, 204);
    const of = (type: string) => (message: { type: string; image?: { id: string } }) =>
      message.type === type && message.image?.id === id;
    await listener.waitFor(of('IMAGE_DELETED'));
    await doctor.json('POST', `/api/images/${id}/restore`, 200);
    await listener.waitFor(of('IMAGE_READY'));
    listener.socket.close();
  });

  test('is erased with its edits and annotations', async () => {
    const { ids } = await batchOf(1);
    const [id = ''] = ids;
    const { id: annotation } = await doctor.json('POST', `/api/images/${id}/annotations`, 201, { text: 'x' });
    const of = { of: id, id: annotation };
    const made = [annotationKey(of), annotationVersionKey({ ...of, version: 1 }), annotationCountKey(of)];
    for (const key of made) expect(await direct.hasItem(key)).toBe(true);
    const keys = [editKey(id, 1), editKey(id, 2), ...made];
    for (const key of keys.slice(0, 2)) await direct.putItem(key);
    await admin.json('DELETE', `/api/images/${id}?erase=true`, 204);
    for (const key of keys) await until(async () => !(await direct.hasItem(key)));
  });
});

describe('A deleted batch', () => {
  test('is restored with what was deleted with it, and not with what was deleted before', async () => {
    const { batch, ids } = await batchOf(3);
    const [first = '', second = ''] = ids;
    await doctor.json('DELETE', `/api/images/${first}`, 204);
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
    await doctor.json('GET', `/api/images/batches/${batch}`, 404);
    await doctor.json('GET', `/api/images/${second}`, 404);
    const list = await doctor.json('GET', `/api/images/batches?patient_id=${PATIENT_1}&limit=200`, 200);
    expect(idsOf(list.batches ?? list)).not.toContain(batch);
    expect(idsOf((await deleted()).batches)).toContain(batch);
    expect((await doctor.json('POST', `/api/images/${first}/restore`, 409)).details).toEqual([
      `POST /api/images/batches/${batch}/restore restores it`,
    ]);

    expect((await doctor.json('POST', `/api/images/batches/${batch}/restore`, 200)).image_count).toBe(2);
    expect(await readyNames(doctor, batch)).toHaveLength(2);
    await doctor.json('POST', `/api/images/${first}/restore`, 200);
    expect(await countOf(batch)).toBe(3);
    expect(idsOf((await deleted()).batches)).not.toContain(batch);
  });

  test('takes its images with it, and brings them back, also if the function ends in between', async () => {
    const { batch, ids } = await batchOf(2);
    const found = await direct.batches.get(batch);
    if (!found) throw new Error('the batch does not exist');
    const at = new Date();
    await direct.batches.delete(found, { by: 'd', at, until: new Date(at.getTime() + 60_000) });
    for (const id of ids) await until(async () => (await direct.images.get(id)) === undefined);
    const gone = await direct.batches.getDeleted(batch, new Date());
    if (!gone) throw new Error('the batch is not deleted');
    await direct.batches.restore(gone, new Date());
    for (const id of ids) await until(async () => (await direct.images.get(id)) !== undefined);
    expect(await countOf(batch)).toBe(2);
  });

  test('is erased with all its objects by admins', async () => {
    const { batch, ids } = await batchOf(2);
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
    await doctor.json('DELETE', `/api/images/batches/${batch}?erase=true`, 403);
    await admin.json('DELETE', `/api/images/batches/${batch}?erase=true`, 204);
    for (const id of ids) await until(async () => (await objectsOf(id)) === undefined);
    await doctor.json('POST', `/api/images/batches/${batch}/restore`, 404);
  });
});
