import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { Batches } from '../../lib/data/batches.ts';
import { Cases } from '../../lib/data/cases.ts';
import { DicomErasure } from '../../lib/data/dicom/dicom-erasure.ts';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { DicomStore } from '../../lib/data/dicom/dicom-store.ts';
import { DicomStudies } from '../../lib/data/dicom/dicom-studies.ts';
import { DicomUploads } from '../../lib/data/dicom/dicom-uploads.ts';
import { ErasedImages } from '../../lib/data/images/erased-images.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { ImageMoves } from '../../lib/data/images/image-moves.ts';
import { Images } from '../../lib/data/images/images.ts';
import { patientAmountKey, uploaderAmountKey } from '../../lib/data/keys.ts';
import type { DicomStudy } from '../../lib/domain/dicom/dicom-instance.ts';
import { newDicomUpload } from '../../lib/domain/dicom/dicom-upload.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import type { StorageQuotas } from '../../lib/domain/limits/storage-quota.ts';
import { newUid } from '../fixtures/dicom-uploads.ts';
import { newDicomOf } from '../fixtures/new-dicom.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
const now = new Date();

const NO_END = { bytes: 1e12, files: 1e9 };
const quotas = (some: Partial<StorageQuotas>): StorageQuotas => ({
  uploader: NO_END,
  patient: NO_END,
  ...some,
});

const imageOf = (subject: string, fileSize: number, owner: object = {}) =>
  newImage(
    { id: newId(), fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize, patientId: 'P-1', ...owner },
    { role: 'doctor', subject },
    now,
  );

async function amountAt(Key: Record<string, string>) {
  const { name: TableName, client } = database.table;
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && { bytes: Item.bytes, files: Item.files };
}
const storedBy = (subject: string) => amountAt(uploaderAmountKey(subject));
const storedOf = (patientId: string) => amountAt(patientAmountKey(patientId));

test('Of many concurrent uploads of one person, as many pass as the quota has room for', async () => {
  const imageIntake = new ImageIntake(database.table);
  const quota = quotas({ uploader: { bytes: 1000, files: 100 } });
  const uploads = Array.from({ length: 30 }, () => [imageOf('racer', 50), imageOf('racer', 50)]);
  const outcomes = await Promise.allSettled(uploads.map((each) => imageIntake.createPending(each, quota)));
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(20);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await storedBy('racer')).toEqual({ bytes: 1000, files: 20 });
  expect(await new Images(database.table).getMany(uploads.flat().map(({ id }) => id))).toHaveLength(20);
});

test('Of concurrent uploads of many people for one patient, as many pass as the quota has room for', async () => {
  const imageIntake = new ImageIntake(database.table);
  const quota = quotas({ patient: { bytes: 1000, files: 7 } });
  const people = Array.from({ length: 20 }, (_person, number) => `many-${number}`);
  const outcomes = await Promise.allSettled(
    people.map((subject) =>
      imageIntake.createPending([imageOf(subject, 10, { patientId: 'P-MANY' })], quota),
    ),
  );
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(13);
  for (const { reason } of refused)
    expect(reason).toMatchObject({ message: 'The files do not fit into the storage of the patient.' });
  expect(await storedOf('P-MANY')).toEqual({ bytes: 70, files: 7 });
  // Who was refused has nothing.
  const stored = await Promise.all(people.map(storedBy));
  expect(stored.filter((amount) => amount !== undefined)).toHaveLength(7);
});

test('A registration that is repeated is counted once, and a repeated erasure as well', async () => {
  const imageIntake = new ImageIntake(database.table);
  const erasedImages = new ErasedImages(database.table);
  const owner = { patientId: 'P-TWICE' };
  const some = Array.from({ length: 150 }, () => imageOf('twice', 2, owner));
  const quota = quotas({ uploader: { bytes: 300, files: 150 } });
  await imageIntake.createPending(some.slice(0, 70), quota);
  await imageIntake.createPending(some, quota);
  await imageIntake.createPending(some, quota);
  expect(await storedBy('twice')).toEqual({ bytes: 300, files: 150 });
  expect(await storedOf('P-TWICE')).toEqual({ bytes: 300, files: 150 });
  const [first = imageOf('twice', 2)] = some;
  await Promise.all([erasedImages.remember(first, now), erasedImages.remember(first, now)]);
  await erasedImages.remember(first, now);
  expect(await storedBy('twice')).toEqual({ bytes: 298, files: 149 });
  expect(await storedOf('P-TWICE')).toEqual({ bytes: 298, files: 149 });
  // Its place is free again, for one.
  await imageIntake.createLinked(imageOf('twice', 2, { ...owner, links: { prescription: 'RX-9' } }), quota);
  const refused = imageIntake.createLinked(imageOf('twice', 1, { links: { prescription: 'RX-9' } }), quota);
  await expect(refused).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    details: [
      'your storage quota is exceeded: 150 of at most 150 files are stored, 300 of at most 300 bytes; 1 of 1 bytes were to be added',
      expect.stringContaining('the clinic can raise the quota'),
    ],
  });
});

test('An image of a case is counted, and one that does not fit claims no case', async () => {
  const cases = new Cases(database.table);
  const caller = { role: 'doctor', subject: 'case' } as const;
  const soon = new Date(now.getTime() + 60_000);
  const quota = quotas({ uploader: { bytes: 10, files: 9 } });
  const image = (caseId: string) => ({ ...imageOf('case', 6), patientId: 'P-CASE', caseId });
  await cases.addPending(image('C-1'), undefined, now, soon, caller, quota);
  const second = cases.addPending(image('C-2'), undefined, now, soon, caller, quota);
  await expect(second).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await storedBy('case')).toEqual({ bytes: 6, files: 1 });
  expect(await storedOf('P-CASE')).toEqual({ bytes: 6, files: 1 });
  expect(await cases.get('C-2', now)).toBeUndefined();
  // What could never fit is refused before it is written.
  const large = { ...image('C-1'), fileSize: 11 };
  const never = cases.addPending(large, undefined, now, soon, caller, quota);
  await expect(never).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});

test('An image without a patient is counted for its uploader only, and what a system sends for its patient only', async () => {
  const imageIntake = new ImageIntake(database.table);
  const alone = { ...imageOf('alone', 5), patientId: undefined };
  await imageIntake.createLinked(alone, quotas({ patient: { bytes: 1, files: 1 } }));
  expect(await storedBy('alone')).toEqual({ bytes: 5, files: 1 });
  await imageIntake.createPending([imageOf('key:1', 3, { patientId: 'P-SYSTEM' })]);
  expect(await storedBy('key:1')).toBeUndefined();
  expect(await storedOf('P-SYSTEM')).toEqual({ bytes: 3, files: 1 });
});

test('Images move with their amounts, while others are uploaded and the batch moves on', async () => {
  const { table } = database;
  const imageIntake = new ImageIntake(table);
  const [batches, moves] = [new Batches(table), new ImageMoves(table)];
  const [from, to] = ['P-FROM', 'P-TO'];
  const batchId = newId();
  const at = now.toISOString();
  const place = { patientId: from, batchId };
  await batches.create({
    id: batchId,
    patientId: from,
    name: 'x',
    imageCount: 0,
    createdAt: at,
    updatedAt: at,
  });
  const uploaded: Image[] = [];
  const upload = async (subject: string) => {
    const some = Array.from({ length: 5 }, (_image, i) => ({ ...imageOf(subject, i + 1, place), batchId }));
    await imageIntake.createPending(some, quotas({}));
    uploaded.push(...some);
  };
  for (let i = 0; i < 30; i++) await upload('before');
  const move = async () => {
    for (const patientId of [to, from, to]) {
      const batch = await batches.get(batchId);
      const assignment = { by: 'd', at: new Date().toISOString(), from: batch?.patientId ?? null };
      const moved = batch && (await batches.move(batch, patientId, assignment));
      if (moved) await moves.moveAllInBatch(moved);
    }
  };
  await Promise.all([move(), ...Array.from({ length: 20 }, (_upload, number) => upload(`while-${number}`))]);
  const last = await batches.get(batchId);
  expect(last?.patientId).toBe(to);
  if (last) await moves.moveAllInBatch(last);
  const bytes = uploaded.reduce((sum, { fileSize }) => sum + fileSize, 0);
  expect(await storedOf(from)).toEqual({ bytes: 0, files: 0 });
  // A quota refuses no move: `to` has all, whatever it may have.
  expect(await storedOf(to)).toEqual({ bytes, files: 250 });
  expect(await storedBy('before')).toEqual({ bytes: 450, files: 150 });
});

const uidsOf = (study: string) => ({ study, series: newUid(), sop: newUid() });
const assignment = (from: string | null) => ({ by: 'd', at: now.toISOString(), from });

test('Of concurrent DICOM files, as many are stored as the quotas have room for', async () => {
  const store = new DicomIntake(database.table);
  const study = newUid();
  const facts = { patientId: 'P-DICOM', bytes: 10 };
  const quota = quotas({ uploader: { bytes: 60, files: 99 }, patient: { bytes: 999, files: 8 } });
  const send = (uploadedBy: string) =>
    store.store(newDicomOf(uidsOf(study), { ...facts, uploadedBy }), quota);
  const outcomes = await Promise.allSettled(
    ['dicom-a', 'dicom-b'].flatMap((subject) => Array.from({ length: 7 }, () => send(subject))),
  );
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(6);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await storedOf('P-DICOM')).toEqual({ bytes: 80, files: 8 });
  const [a, b] = [await storedBy('dicom-a'), await storedBy('dicom-b')];
  expect(a?.files + b?.files).toBe(8);
  expect(Math.max(a?.files, b?.files)).toBeLessThanOrEqual(6);
  expect(await new DicomStore(database.table).getStudy(study)).toMatchObject({ instances: 8, keptBytes: 80 });
  // A device of the clinic loses nothing.
  await store.store(newDicomOf(uidsOf(study), { ...facts, uploadedBy: 'key:1' }));
  expect(await storedOf('P-DICOM')).toEqual({ bytes: 90, files: 9 });
  expect(await storedBy('key:1')).toBeUndefined();
});

test('A DICOM file that is stored again is counted once, also if the quota is used up', async () => {
  const store = new DicomIntake(database.table);
  const file = newDicomOf(uidsOf(newUid()), { patientId: 'P-AGAIN', bytes: 10, uploadedBy: 'again' });
  const quota = quotas({ uploader: { bytes: 10, files: 1 } });
  const outcomes = await Promise.all([store.store(file, quota), store.store(file, quota)]);
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['known', 'stored']);
  expect(await store.store(file, quota)).toMatchObject({ outcome: 'known' });
  expect(await storedBy('again')).toEqual({ bytes: 10, files: 1 });
});

test('A study moves with its amount, while its files arrive', async () => {
  const store = new DicomIntake(database.table);
  const study = newUid();
  const send = (bytes: number) =>
    store.store(newDicomOf(uidsOf(study), { patientId: '?', bytes, uploadedBy: 'late' }), quotas({}));
  await send(1);
  expect(await storedBy('late')).toEqual({ bytes: 1, files: 1 });
  const give = async (patientId: string | null) => {
    const found = (await new DicomStore(database.table).getStudy(study)) as DicomStudy;
    return new DicomStudies(database.table).assign(found, patientId, assignment(found.patientId));
  };
  const move = async () => {
    const results = [];
    for (const patientId of ['P-LATE-1', 'P-LATE-2', null, 'P-LATE-1']) results.push(await give(patientId));
    return results;
  };
  const [moved] = await Promise.all([move(), ...Array.from({ length: 24 }, (_file, i) => send(i + 2))]);
  expect(moved).toEqual([true, true, true, true]);
  expect(await storedOf('P-LATE-1')).toEqual({ bytes: 325, files: 25 });
  expect(await storedOf('P-LATE-2')).toEqual({ bytes: 0, files: 0 });
  expect(await storedBy('late')).toEqual({ bytes: 325, files: 25 });
  // Its erasure is delivered twice.
  const allSeries = await new DicomStore(database.table).listSeries(study);
  const listed = allSeries.map(({ seriesUid }) =>
    Array.fromAsync(new DicomStore(database.table).allInstances(study, seriesUid)),
  );
  const instances = (await Promise.all(listed)).flat();
  const erasure = new DicomErasure(database.table);
  for (const each of instances.slice(0, 20))
    await Promise.allSettled([erasure.remove([each]), erasure.remove([each])]);
  const left = instances.slice(20).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(await storedOf('P-LATE-1')).toEqual({ bytes: left, files: 5 });
  expect(await storedBy('late')).toEqual({ bytes: left, files: 5 });
});

test('An upload URL is refused if there is no room, and one that is not used occupies nothing', async () => {
  const uploads = new DicomUploads(database.table);
  const caller = { role: 'patient', subject: 'url', patientId: 'P-URL' } as const;
  const ask = (fileSize: number, count = 1, quota: StorageQuotas | undefined = QUOTA) =>
    uploads.create(
      Array.from({ length: count }, () => newDicomUpload({ fileSize }, newId(), caller, now)),
      quota,
    );
  const QUOTA = quotas({ uploader: { bytes: 100, files: 9 }, patient: { bytes: 90, files: 9 } });
  await ask(30, 3);
  await ask(30, 3);
  expect(await storedBy('url')).toBeUndefined();
  await expect(ask(30, 4)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  await expect(ask(1, 10)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  await new DicomIntake(database.table).store(
    newDicomOf(uidsOf(newUid()), { patientId: 'P-URL', bytes: 80, uploadedBy: 'other' }),
  );
  await expect(ask(30)).rejects.toMatchObject({
    message: 'The files do not fit into the storage of the patient.',
  });
  await ask(10);
});
