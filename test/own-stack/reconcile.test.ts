import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { toItem } from '../../lib/data/images/image-writes.ts';
import { batchKey, caseKey, dicomUploadKey, exportKey, seriesKey, studyKey } from '../../lib/data/keys.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { AuditSegments } from '../../lib/storage/audit-segments.ts';
import {
  dicomJsonKey,
  dicomKey,
  incomingDicomKey,
  incomingKey,
  renditionKey,
} from '../../lib/storage/object-keys.ts';
import { eventOfSystem } from '../fixtures/audit-events.ts';
import { dicomForm, longComment, newUid, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { takeDeadLetters } from '../support/dead-letters.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';
import { reconcileAll } from '../support/reconciling.ts';
import { type Client, createBatch, decided, type TestFile, until, upload } from '../support/service.ts';

const service = useOwnStack();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
let file: TestFile;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = await directAccess(service);
  file = await photo();
});

const environment = () => adminEnvironment(service.whole);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const after = (milliseconds: number) => ({ at: new Date(Date.now() + milliseconds) });
const [aQuarter, twoDays] = [16 * MINUTE, 2 * DAY];

// What each test leaves must be right, or be removed by it.
afterEach(async () => expect(await reconcileAll(environment(), after(aQuarter))).toEqual({}));

async function announce(files = 1): Promise<string[]> {
  const batch = await createBatch(doctor, newPatient());
  const body = { files: Array(files).fill({ name: file.name, size: file.bytes.length, type: file.type }) };
  const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, body);
  return uploads.map(({ id }: { id: string }) => id);
}

/** An upload that has arrived, and whose check failed for good. */
async function failedUpload(): Promise<string> {
  const [id = ''] = await announce();
  const key = incomingKey({ id });
  for (const hours of [4, 3, 2, 1])
    await direct.checkAttempts.begin(key, new Date(Date.now() - hours * 60 * MINUTE));
  await direct.bucket.write(key, file.bytes, file.type);
  await until(async () => (await direct.images.get(id))?.status === 'failed');
  await until(async () => (await takeDeadLetters(service, inject('cdkOut'), 'make-thumbnail')).length > 0);
  return id;
}

/** An upload whose event was lost. */
async function uncheckedUpload(): Promise<Image> {
  const image = (await direct.images.get(await failedUpload())) as Image;
  const pending = { ...image, status: 'pending' as const, statusReason: undefined };
  await direct.checkAttempts.end(incomingKey(image), new Date());
  await direct.putItem(toItem(pending));
  return pending;
}

const change = (Key: Record<string, string>, name: string, value: unknown) =>
  direct.table.client.send(
    new UpdateCommand({
      TableName: direct.table.name,
      Key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

test('An upload whose event was lost is checked, and not queued again and again', async () => {
  const { id } = await uncheckedUpload();
  expect(await reconcileAll(environment())).toEqual({});
  expect(await reconcileAll(environment(), { ...after(aQuarter), isDryRun: true })).toEqual({
    uncheckedUpload: '1/0',
  });
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({ uncheckedUpload: '1/1' });
  expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  await until(async () => (await direct.bucket.head(incomingKey({ id }))) === undefined);
});

test('An upload that was queued again a short time ago is not queued again', async () => {
  const image = await uncheckedUpload();
  await direct.checkAttempts.queued(incomingKey(image), after(aQuarter).at);
  expect(await reconcileAll(environment(), after(2 * aQuarter))).not.toHaveProperty('uncheckedUpload');
  expect(await reconcileAll(environment(), after(4 * aQuarter))).toMatchObject({ uncheckedUpload: '1/1' });
  expect(await decided(doctor, image.id)).toMatchObject({ status: 'ready' });
});

test('An upload that could not be checked is checked again if somebody wants it', async () => {
  const id = await failedUpload();
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({ failedUpload: '1/0' });
  expect(await reconcileAll(environment(), { ...after(aQuarter), retriesFailed: true })).toEqual({
    failedUpload: '1/1',
  });
  const ready = async () => {
    const image = await doctor.json('GET', `/api/images/${id}/`, 200);
    return image.status === 'ready' && image;
  };
  expect(await until(ready)).toMatchObject({ status_reason: null });
});

test('An upload that never arrives expires, is seen for a week, and may still arrive', async () => {
  const [id = '', late = ''] = await announce(2);
  expect(await reconcileAll(environment(), after(twoDays))).toMatchObject({ expiredUpload: '2/2' });
  expect(await doctor.json('GET', `/api/images/${id}/`, 200)).toMatchObject({
    status: 'expired',
    status_reason: 'The upload was never completed.',
  });
  await direct.bucket.write(incomingKey({ id: late }), file.bytes, file.type);
  await until(async () => (await direct.images.get(late))?.status === 'ready');
  expect(await direct.images.get(late)).not.toHaveProperty('expiresAt');
  const { events } = await (await service.as('admin')).json('GET', '/api/audit/?limit=200', 200);
  const own = events.filter(({ things }: { things: string[] }) => things.includes(`image ${id}`));
  expect(own.map(({ action }: { action: string }) => action)).toContain('reconcile');
});

test('A DICOM upload that never arrives expires, and one whose event was lost is stored', async () => {
  const bytes = slice(newUids());
  const announced = { fileSize: bytes.length };
  const [never, lost] = [
    await doctor.json('POST', '/dicom/upload-url', 201, announced),
    await doctor.json('POST', '/dicom/upload-url', 201, announced),
  ];
  const item = {
    ...(await direct.dicomUploads.get(lost.uploadId, new Date())),
    ...dicomUploadKey(lost.uploadId),
  };
  await direct.bucket.write(incomingDicomKey(lost.uploadId), bytes, 'application/dicom');
  const isStored = async () => (await doctor.json('GET', lost.statusUrl, 200)).status === 'stored';
  await until(isStored);
  await until(async () => (await direct.bucket.head(incomingDicomKey(lost.uploadId))) === undefined);
  // As if the function had ended after the instance was stored, and nothing had heard of it.
  const key = incomingDicomKey(lost.uploadId);
  await direct.checkAttempts.end(key, new Date());
  for (const hours of [4, 3, 2, 1])
    await direct.checkAttempts.begin(key, new Date(Date.now() - hours * 60 * MINUTE));
  await direct.putItem(item);
  await direct.bucket.write(key, bytes, 'application/dicom');
  await until(async () => (await doctor.json('GET', lost.statusUrl, 200)).status === 'failed');
  await direct.putItem(item);
  await direct.checkAttempts.end(key, new Date());
  expect(await reconcileAll(environment(), after(twoDays))).toMatchObject({
    expiredUpload: '1/1',
    uncheckedUpload: '1/1',
  });
  await until(isStored);
  expect(await doctor.json('GET', never.statusUrl, 200)).toMatchObject({ status: 'expired' });
});

test('What is left of a checked or erased upload is deleted, and an unknown upload is kept', async () => {
  const unknown = incomingKey({ id: randomUUID() });
  const erased = randomUUID();
  await direct.bucket.write(unknown, file.bytes, file.type);
  await direct.bucket.write(`images/${erased}.jpg`, file.bytes, file.type);
  await direct.erasedImages.remember({ id: erased }, new Date());
  expect(await reconcileAll(environment(), after(twoDays))).toMatchObject({
    unknownUpload: '1/0',
    erasedObject: '1/1',
  });
  expect(await direct.bucket.head(`images/${erased}.jpg`)).toBeUndefined();
  expect(await direct.bucket.head(unknown)).toBeDefined();
  await direct.bucket.delete([unknown]);
});

test('An object without a record is kept, unless somebody wants it deleted', async () => {
  const image = `images/${randomUUID()}.jpg`;
  const uids = newUids();
  const dicom = dicomKey({
    studyUid: uids.study,
    seriesUid: uids.series,
    sopUid: uids.sop,
    sha256: 'a'.repeat(64),
  });
  for (const key of [image, dicom]) await direct.bucket.write(key, file.bytes, file.type);
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({});
  expect(await reconcileAll(environment(), after(twoDays))).toMatchObject({ unknownObject: '2/0' });
  expect(await reconcileAll(environment(), { ...after(twoDays), deletesOrphans: true })).toMatchObject({
    unknownObject: '2/2',
  });
  for (const key of [image, dicom]) expect(await direct.bucket.head(key)).toBeUndefined();
});

test('A missing or replaced object of an image or a DICOM file is reported', async () => {
  const batch = await createBatch(doctor, newPatient());
  const [id = '', other = ''] = await upload(doctor, batch, [file, await photo({ seed: 2 })]);
  const { s3_key: key } = await decided(doctor, id);
  const { s3_key: otherKey } = await decided(doctor, other);
  const original = (await direct.bucket.read(key)) as Uint8Array;
  await direct.bucket.write(key, (await photo({ seed: 3 })).bytes, file.type);
  await direct.bucket.delete([renditionKey(otherKey, 'card')]);
  const uids = newUids();
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids, [longComment()])));
  const { instance } = await direct.dicomStore.findInstance(uids.sop);
  if (!instance) throw new Error('the instance is not stored');
  const kept = await Promise.all(
    [dicomKey(instance), dicomJsonKey(instance)].map((each) => direct.bucket.read(each)),
  );
  await direct.bucket.delete([dicomKey(instance), dicomJsonKey(instance)]);
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({
    otherObject: '1/0',
    missingObject: '3/0',
  });

  await direct.bucket.write(key, original, file.type);
  await direct.bucket.write(renditionKey(otherKey, 'card'), original, file.type);
  await direct.bucket.write(dicomKey(instance), kept[0] as Uint8Array, 'application/dicom');
  await direct.bucket.write(dicomJsonKey(instance), kept[1] as Uint8Array, 'application/dicom+json');
});

test('Wrong counts are corrected', async () => {
  const batch = await createBatch(doctor, newPatient());
  const ids = await upload(doctor, batch, [file, await photo({ seed: 2 })]);
  for (const id of ids) await decided(doctor, id);
  const caseId = `C-${newId()}`;
  const body = {
    fileName: 'a.jpg',
    mimeType: file.type,
    fileSize: file.bytes.length,
    caseId,
    patientId: newPatient(),
  };
  const { imageId } = await doctor.json('POST', '/api/v1/images/upload-url', 201, body);
  await direct.bucket.write(incomingKey({ id: imageId }), file.bytes, file.type);
  await decided(doctor, imageId);
  const study = newUid();
  const [first, second] = [newUids({ study }), newUids({ study })];
  for (const uids of [first, second]) await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
  const right = await direct.dicomStore.getStudy(study);

  await change(batchKey(batch), 'imageCount', 7);
  await change(caseKey(caseId), 'imageCount', 0);
  await change(seriesKey(study, first.series), 'keptInstances', 3);
  await change(studyKey(study), 'instances', 9);
  await change(studyKey(study), 'seriesByModality', { CT: 1, MR: 1 });
  expect(await reconcileAll(environment(), { ...after(aQuarter), isDryRun: true })).toEqual({
    wrongCount: '4/0',
  });
  // A study has the totals of its series, whose counts may be corrected later in the same run.
  expect(await reconcileAll(environment(), after(aQuarter))).toMatchObject({ wrongCount: '4/4' });
  await reconcileAll(environment(), after(aQuarter));
  expect(await direct.dicomStore.getStudy(study)).toEqual({
    ...right,
    seriesByModality: expect.objectContaining(right?.seriesByModality ?? {}),
  });
  expect((await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).image_count).toBe(2);
  expect((await direct.cases.get(caseId, new Date()))?.imageCount).toBe(1);
});

test('The function repairs by itself, with its own permissions', async () => {
  const batch = await createBatch(doctor, newPatient());
  const { id } = await uncheckedUpload();
  await change(batchKey(batch), 'imageCount', 7);
  await service.stack.tick('reconcile');
  expect((await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).image_count).toBe(0);
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({ uncheckedUpload: '1/1' });
  expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
});

test('An export that was never completed is marked as failed', async () => {
  const batch = await createBatch(doctor, newPatient());
  const id = newId();
  await direct.putItem({
    ...exportKey(id),
    ...{ id, run: newId(), batchId: batch, patientId: 'P-1', requestedBy: 'd' },
    archives: [{ fileName: 'a.zip', status: 'running', images: 1, bytes: 1, bytesDone: 0 }],
    createdAt: new Date().toISOString(),
    expiresAt: Math.floor(Date.now() / 1000) + 86_400,
  });
  expect(await reconcileAll(environment(), after(3 * 60 * MINUTE))).toMatchObject({ abandonedExport: '1/1' });
  expect(await direct.exports.get(id, new Date())).toMatchObject({ status: 'failed' });
});

test('An audit event without an end gets one, and one in no segment is sealed', async () => {
  const opened = { ...eventOfSystem(), outcome: 'opened' as const };
  await direct.auditLog.append(opened);
  expect(await reconcileAll(environment(), after(30 * MINUTE))).toMatchObject({ openEvent: '1/1' });
  expect((await direct.auditReader.get(opened.id))?.event.outcome).toBe('unknown');

  // As if the stream had lost its record: the archive says nothing of it.
  const hidden = eventOfSystem();
  const sealedSince = AuditSegments.prototype.sealedSince;
  AuditSegments.prototype.sealedSince = async function* (...given) {
    for await (const line of sealedSince.apply(this, given)) if (!line.pk.includes(hidden.id)) yield line;
  };
  try {
    await direct.auditLog.append(hidden);
    const found = () => reconcileAll(environment(), { ...after(30 * MINUTE), isDryRun: true });
    // Those of the other requests are sealed within seconds.
    await until(async () => (await found()).unsealedEvent === '1/0');
    expect(await reconcileAll(environment(), after(30 * MINUTE))).toMatchObject({ unsealedEvent: '1/1' });
  } finally {
    AuditSegments.prototype.sealedSince = sealedSince;
  }
});

test('An item that can not be read is reported, and those beside it are examined', async () => {
  const batch = await createBatch(doctor, newPatient());
  await change(batchKey(batch), 'imageCount', 4);
  const Item = { pk: 'BATCH#damaged', sk: 'BATCH', id: 3 };
  await direct.putItem(Item);
  expect(await reconcileAll(environment(), after(aQuarter))).toEqual({
    unreadableItem: '1/0',
    wrongCount: '1/1',
  });
  await direct.removeItem({ pk: Item.pk, sk: Item.sk });
});

test('The command says what it found, and whether all of it was repaired', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['bin/negatoscope.ts', 'reconcile', ...args], {
      cwd: path.join(import.meta.dirname, '..', '..'),
      env: { ...process.env, ...environment() },
    }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    );
  const batch = await createBatch(doctor, newPatient());
  await change(batchKey(batch), 'imageCount', 4);
  expect(await run('--dry-run')).toMatchObject({
    code: 1,
    output: expect.stringContaining('wrongCount: 1 found, 0 repaired.'),
  });
  expect(await run()).toMatchObject({ code: 0, output: expect.stringContaining('Everything agrees.') });
  expect(await run('--wrong')).toMatchObject({ code: 2, output: expect.stringContaining('--retry-failed') });
});
