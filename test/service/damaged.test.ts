import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { batchKey, imageKey, instanceKey, studyKey } from '../../lib/data/keys.ts';
import { dicomJsonKey, dicomKey, renditionKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, longComment, newUid, newUids, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../fixtures/dicoms.ts';
import { photo } from '../fixtures/photos.ts';
import { takeDeadLetters } from '../support/dead-letters.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let admin: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  admin = await service.as('admin');
  direct = await directAccess(service);
});

/** Replaces an attribute of a stored item, so that its schema refuses the item. */
async function damage(Key: { pk: string; sk: string }, attribute: string) {
  const { Item } = await direct.table.client.send(new GetCommand({ TableName: direct.table.name, Key }));
  if (!Item) throw new Error(`there is no item ${Key.pk}`);
  await direct.putItem({ ...Item, [attribute]: { not: 'of this type' } });
}

const removeItem = (Key: { pk: string; sk: string }) =>
  direct.table.client.send(new DeleteCommand({ TableName: direct.table.name, Key }));

async function batchOfTwo() {
  const batch = await createBatch(doctor);
  const [one = '', two = ''] = await upload(doctor, batch, [
    await photo({ seed: 1 }),
    await photo({ seed: 2 }),
  ]);
  const images = [await decided(doctor, one), await decided(doctor, two)];
  return { batch, one, two, keys: images.map(({ s3_key }) => s3_key as string) };
}

const idsIn = (images: { id: string }[]) => images.map(({ id }) => id);
const statusOf = async (path: string, headers: Record<string, string> = {}) => {
  const response = await doctor.send('GET', path, undefined, headers);
  const body = await response.text();
  if (response.status >= 400) expect(JSON.parse(body)).toMatchObject({ statusCode: response.status });
  return response.status;
};

describe('A damaged item', () => {
  test('of an image is left out of lists and changes, and of nothing that must be complete', async () => {
    const { batch, one, two } = await batchOfTwo();
    await damage(imageKey(one), 'fileSize');
    const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200);
    expect(idsIn(images)).toEqual([two]);
    const ofPatient = await doctor.json('GET', `/api/images/?patient_id=${PATIENT_1}&limit=100`, 200);
    expect(idsIn(ofPatient.images)).toContain(two);
    expect(idsIn(ofPatient.images)).not.toContain(one);
    const changed = await doctor.json('PATCH', '/api/images/', 200, { ids: [one, two], caption: 'x' });
    expect(changed.results).toMatchObject([{ status: 'not_found' }, { status: 'updated' }]);
    expect(await statusOf(`/api/images/${one}/`)).toBe(500);
    expect(await statusOf(`/api/images/batches/${batch}/download/`)).toBe(500);
    // Its neighbours are deleted with the batch, although the request fails.
    await doctor.json('DELETE', `/api/images/batches/${batch}/`, 500);
    await doctor.json('GET', `/api/images/${two}/`, 404);
  });

  test('of a batch is left out of the list of batches, and of their sum', async () => {
    const [damaged, other] = [await createBatch(doctor, 'P-1002'), await createBatch(doctor, 'P-1002')];
    await damage(batchKey(damaged), 'imageCount');
    const { batches } = await doctor.json('GET', '/api/images/batches/?patient_id=P-1002', 200);
    expect(idsIn(batches)).toContain(other);
    expect(idsIn(batches)).not.toContain(damaged);
    await doctor.json('GET', '/api/patients/P-1002/image-summary/', 200);
  });

  test('of an image is erased like any other', async () => {
    const { one, keys } = await batchOfTwo();
    await damage(imageKey(one), 'category');
    await removeItem(imageKey(one));
    await until(async () => (await direct.bucket.read(keys[0] ?? '')) === undefined);
  });

  test('that can not be erased goes to the dead letters as a whole, and stops no other', async () => {
    await takeDeadLetters(service, inject('cdkOut'), 'erase-objects');
    const { one, two, keys } = await batchOfTwo();
    await damage(imageKey(one), 'key');
    await admin.json('DELETE', `/api/images/${two}/?erase=true`, 204);
    await removeItem(imageKey(one));
    const letters = await until(async () => {
      const found = await takeDeadLetters(service, inject('cdkOut'), 'erase-objects');
      return found.length > 0 && found;
    });
    const [record] = letters.map((each) => JSON.parse(each)).filter(({ dynamodb }) => dynamodb);
    expect(record.dynamodb.OldImage.id).toEqual({ S: one });
    const after = await batchOfTwo();
    await admin.json('DELETE', `/api/images/${after.one}/?erase=true`, 204);
    await until(async () => (await direct.bucket.read(after.keys[0] ?? '')) === undefined);
    expect(await direct.bucket.read(keys[0] ?? '')).toBeDefined();
  });

  test('of a study is left out of searches; one of an instance out of lists, and not of a retrieval', async () => {
    const { uids, other } = await twoInstances();
    const broken = newUids();
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(broken)));
    await damage(studyKey(broken.study), 'instances');
    const studies = await doctor.json('GET', `/dicom-web/studies?PatientID=${PATIENT_1}&limit=1000`, 200);
    const found = studies.map((each: Record<string, { Value: string[] }>) => each['0020000D']?.Value[0]);
    expect(found).toContain(uids.study);
    expect(found).not.toContain(broken.study);

    await damage(instanceKey(uids.sop), 'bytes');
    const series = `/dicom-web/studies/${uids.study}/series/${uids.series}`;
    const instances = await doctor.json('GET', `${series}/instances`, 200);
    expect(instances.map((each: Record<string, { Value: string[] }>) => each['00080018']?.Value[0])).toEqual([
      other.sop,
    ]);
    expect(await statusOf(series)).toBe(500);
    expect(await statusOf(`${series}/instances/${other.sop}`)).toBe(200);
  });
});

async function twoInstances(...own: FixtureElement[]) {
  const uids: Uids = { study: newUid(), series: newUid(), sop: newUid() };
  const other = { ...uids, sop: newUid() };
  for (const each of [uids, other])
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(each, own)));
  const [instance, neighbour] = await Promise.all(
    [uids, other].map(async ({ sop }) => {
      const found = await direct.dicomStore.getStored(sop);
      if (!found) throw new Error(`${sop} is not stored`);
      return found;
    }),
  );
  if (!instance || !neighbour) throw new Error('two instances were stored');
  return { uids, other, instance, neighbour };
}

test('Damaged metadata in the item of an instance are made again from its file', async () => {
  const { uids, instance } = await twoInstances();
  const metadata = `/dicom-web/studies/${uids.study}/series/${uids.series}/metadata`;
  const before = await doctor.json('GET', metadata, 200);
  const Key = instanceKey(uids.sop);
  const { Item } = await direct.table.client.send(new GetCommand({ TableName: direct.table.name, Key }));
  const bytes = Buffer.from(instance.metadata ?? '', 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await direct.putItem({ pk: Key.pk, sk: Key.sk, ...Item, metadata: bytes.toString('base64') });
  expect(await doctor.json('GET', metadata, 200)).toEqual(before);
  await direct.bucket.delete([dicomKey(instance)]);
  expect(await statusOf(metadata)).toBe(500);
});

describe('An object', () => {
  const READS = ['data/', 'download/'];

  test('of an image that is missing is an error before the first byte, and not of its neighbour', async () => {
    const { batch, one, two, keys } = await batchOfTwo();
    await direct.bucket.delete([keys[0] ?? '', renditionKey(keys[0] ?? '', 'png')]);
    for (const read of [...READS, 'thumbnail/', 'data/?width=100']) {
      expect([read, await statusOf(`/api/images/${one}/${read}`)]).toEqual([read, 500]);
      expect([read, await statusOf(`/api/images/${two}/${read}`)]).toEqual([read, 200]);
    }
    expect(await statusOf(`/api/v1/images/${one}/proxy`)).toBe(500);
    expect(await statusOf(`/api/images/${one}/data/`, { range: 'bytes=0-9' })).toBe(500);
    expect(await statusOf(`/api/images/batches/${batch}/download/`)).toBe(500);
    expect(await statusOf(`/api/images/batches/${batch}/download/?image_ids=${two}`)).toBe(200);
  });

  test.each([-1, 1])(
    'of an image whose length differs by %i is an error before the first byte',
    async (more) => {
      const { one, keys } = await batchOfTwo();
      const bytes = (await direct.bucket.read(keys[0] ?? '')) as Uint8Array;
      const other = Buffer.concat([bytes, Buffer.from([0])]).subarray(0, bytes.length + more);
      await direct.bucket.write(keys[0] ?? '', other, 'image/jpeg');
      expect(await statusOf(`/api/images/${one}/data/`)).toBe(500);
      expect(await statusOf(`/api/images/${one}/data/`, { range: 'bytes=0-9' })).toBe(500);
    },
  );

  test('of an instance that is missing is an error, and its neighbour can be retrieved', async () => {
    const { uids, other, instance } = await twoInstances();
    await direct.bucket.delete([dicomKey(instance)]);
    const series = `/dicom-web/studies/${uids.study}/series/${uids.series}`;
    for (const path of ['', '/frames/1', '/rendered']) {
      expect([path, await statusOf(`${series}/instances/${uids.sop}${path}`)]).toEqual([path, 500]);
      expect([path, await statusOf(`${series}/instances/${other.sop}${path}`)]).toEqual([path, 200]);
    }
    // An error if it is the first of the series; otherwise the response breaks off.
    const response = await doctor.send('GET', series);
    const outcome = await response.arrayBuffer().then(
      () => response.status,
      () => 'broken off',
    );
    expect([500, 'broken off']).toContain(outcome);
  });

  test('with metadata that is missing or damaged is made again from the file', async () => {
    const { uids, instance, neighbour } = await twoInstances(longComment());
    const metadata = `/dicom-web/studies/${uids.study}/series/${uids.series}/metadata`;
    const before = await doctor.json('GET', metadata, 200);
    expect(before).toHaveLength(2);
    await direct.bucket.delete([dicomJsonKey(instance)]);
    await direct.bucket.write(dicomJsonKey(neighbour), Buffer.from('{"0008'), 'application/dicom+json');
    expect(await doctor.json('GET', metadata, 200)).toEqual(before);
    await direct.bucket.delete([dicomKey(instance)]);
    expect(await statusOf(metadata)).toBe(500);
  });
});
