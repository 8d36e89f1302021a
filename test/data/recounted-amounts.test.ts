import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { connectTable } from '../../lib/data/dynamodb/table.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { imageKey, patientAmountKey, studyKey, uploaderAmountKey } from '../../lib/data/keys.ts';
import { AmountSums } from '../../lib/data/reconcile/amount-sums.ts';
import { Progress } from '../../lib/data/reconcile/progress.ts';
import { Recounts } from '../../lib/data/reconcile/recounts.ts';
import { StoredItems } from '../../lib/data/reconcile/stored-items.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { newUid } from '../fixtures/dicom-uploads.ts';
import { newDicomOf } from '../fixtures/new-dicom.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
const MINUTE = 60_000;
/** As if what the test has stored were old. */
const later = () => new Date(Date.now() + 2 * MINUTE);

const imageOf = (subject: string, patientId: string, fileSize: number) =>
  newImage(
    { id: newId(), fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize, patientId },
    { role: 'doctor', subject },
    new Date(),
  );

async function amountAt(Key: Record<string, string>) {
  const { name: TableName, client } = database.table;
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && { bytes: Item.bytes, files: Item.files };
}

async function damage(Key: Record<string, string>, value: number, name = 'bytes') {
  const { name: TableName, client } = database.table;
  await client.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

async function addUp(sums: AmountSums) {
  const stored = new StoredItems(database.table);
  for await (const { items } of stored.scan()) {
    const patients = await stored.patientsOfStudies(items);
    for (const item of items) sums.add(item, patients);
  }
  return sums;
}

/** Corrects what is wrong, and returns of whom it was. */
async function recount(since = later()): Promise<string[]> {
  const recounts = new Recounts(database.table);
  const wrong = await recounts.ofAmounts(await addUp(new AmountSums(since)));
  for (const each of wrong) await recounts.correct(each);
  return wrong.map(({ key }) => key.pk).sort();
}

test('Amounts are counted again by what is there: images and DICOM files, of people and of patients', async () => {
  const imageIntake = new ImageIntake(database.table);
  const [kept, erased] = [imageOf('wrong', 'P-WRONG', 7), imageOf('wrong', 'P-WRONG', 5)];
  await imageIntake.createPending([kept, erased]);
  const [study, series] = [newUid(), newUid()];
  const store = new DicomIntake(database.table);
  for (const bytes of [20, 30])
    await store.store(
      newDicomOf({ study, series, sop: newUid() }, { patientId: 'P-WRONG', bytes, uploadedBy: 'wrong' }),
    );
  expect(await recount()).toEqual([]);
  // A wrong total of the study makes no other amount wrong.
  await damage(studyKey(study), 1, 'keptBytes');
  await damage(studyKey(study), 1, 'keptInstances');
  expect(await recount()).toEqual([]);
  // An erasure that never completes.
  const { name: TableName, client } = database.table;
  await client.send(new DeleteCommand({ TableName, Key: imageKey(erased.id) }));
  const [person, patient] = [uploaderAmountKey('wrong'), patientAmountKey('P-WRONG')];
  await damage(person, 3);
  expect(await recount()).toEqual([patient.pk, person.pk]);
  for (const key of [person, patient]) expect(await amountAt(key)).toEqual({ bytes: 57, files: 3 });
  // As before these amounts were counted.
  await client.send(new DeleteCommand({ TableName, Key: patient }));
  expect(await recount()).toEqual([patient.pk]);
  expect(await amountAt(patient)).toEqual({ bytes: 57, files: 3 });
  // Of somebody of whom nothing is left.
  await damage(uploaderAmountKey('nobody'), 9);
  await damage(uploaderAmountKey('nobody'), 1, 'files');
  expect(await recount()).toEqual([uploaderAmountKey('nobody').pk]);
  expect(await amountAt(uploaderAmountKey('nobody'))).toEqual({ bytes: 0, files: 0 });
  expect(await recount()).toEqual([]);
});

test('An upload while the items are added up is not lost, and one before the correction neither', async () => {
  const imageIntake = new ImageIntake(database.table);
  const recounts = new Recounts(database.table);
  const [person, patient] = [uploaderAmountKey('busy'), patientAmountKey('P-BUSY')];
  const upload = () => imageIntake.createPending([imageOf('busy', 'P-BUSY', 10)]);
  await upload();
  await damage(person, 1000);
  // This image is stored after its place in the list was read.
  const sums = await addUp(new AmountSums(new Date()));
  await upload();
  expect(await recounts.ofAmounts(sums)).toEqual([]);
  expect(await amountAt(person)).toEqual({ bytes: 1010, files: 2 });
  // This one comes between the comparison and the correction.
  const wrong = await recounts.ofAmounts(await addUp(new AmountSums(later())));
  expect(wrong.map(({ key }) => key)).toEqual([person]);
  await upload();
  for (const each of wrong) await recounts.correct(each);
  expect(await amountAt(person)).toEqual({ bytes: 1020, files: 3 });
  expect(await recount()).toEqual([person.pk]);
  for (const key of [person, patient]) expect(await amountAt(key)).toEqual({ bytes: 30, files: 3 });
});

test('Many concurrent uploads and recounts end with what is there', async () => {
  const imageIntake = new ImageIntake(database.table);
  let isOver = false;
  const uploads = Promise.all(
    Array.from({ length: 60 }, (_upload, i) =>
      imageIntake.createPending([imageOf('load', `P-LOAD-${i % 3}`, 1)]),
    ),
  ).then(() => {
    isOver = true;
  });
  while (!isOver) await recount(new Date());
  await uploads;
  expect(await recount()).toEqual([]);
  expect(await amountAt(uploaderAmountKey('load'))).toEqual({ bytes: 60, files: 60 });
  expect(await amountAt(patientAmountKey('P-LOAD-0'))).toEqual({ bytes: 20, files: 20 });
});

test('What is added up over several runs is kept between them', async () => {
  const progress = new Progress(connectTable(database.table.name));
  const since = new Date('2026-01-01T00:00:00.000Z');
  const sums = new AmountSums(since);
  const image = (number: number) => ({
    sk: 'IMAGE',
    uploadedBy: `person-${number}`,
    patientId: `P-${number % 7}`,
    fileSize: 3,
  });
  for (let number = 0; number < 4500; number++) sums.add(image(number), new Map());
  await progress.set({ part: 'items', item: { pk: 'a', sk: 'b' }, sums });
  const known = await progress.get();
  expect(known).toMatchObject({ part: 'items', item: { pk: 'a', sk: 'b' } });
  expect(known.sums?.since).toEqual(since);
  const byKey = (all: AmountSums | undefined) => new Map(all?.all().map(({ key, sum }) => [key.pk, sum]));
  expect(byKey(known.sums)).toEqual(byKey(sums));
  known.sums?.add(image(0), new Map());
  expect(byKey(known.sums).get(uploaderAmountKey('person-0').pk)).toEqual({ bytes: 6, files: 2 });
  expect(byKey(known.sums).size).toBe(4507);
  await progress.set({ part: 'objects' });
  expect(await progress.get()).toEqual({ part: 'objects' });
});
