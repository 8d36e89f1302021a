import { BatchGetCommand, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import { DicomStore } from '../../lib/data/dicom/dicom-store.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import {
  instanceKey,
  patientAmountKey,
  seriesKey,
  studyKey,
  uploaderAmountKey,
} from '../../lib/data/keys.ts';
import { studyListFor } from '../../lib/domain/dicom/study-search.ts';
import { newUid, newUids, type Uids } from '../fixtures/dicom-uploads.ts';
import { newDicomOf } from '../fixtures/new-dicom.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
let table: Table;
let store: DicomIntake;
let dicomStore: DicomStore;
/** The keys that each transaction wrote. */
let written: string[][] = [];
/** The number of keys that each BatchGetItem had. */
let reads: (number | undefined)[] = [];

beforeAll(() => {
  ({ table } = database);
  store = new DicomIntake(table);
  dicomStore = new DicomStore(table);
  const send = table.client.send.bind(table.client) as (command: object) => Promise<never>;
  table.client.send = (command: object) => {
    if (command instanceof TransactWriteCommand) {
      const keys = (command.input.TransactItems ?? []).map(({ Put, Update }) => Put?.Item ?? Update?.Key);
      written.push(keys.map((key) => `${key?.pk} ${key?.sk}`));
    }
    if (command instanceof BatchGetCommand)
      reads.push(command.input.RequestItems?.[table.name]?.Keys?.length);
    return send(command);
  };
});
beforeEach(() => {
  written = [];
});

const keyOf = ({ pk, sk }: { pk: string; sk: string }) => `${pk} ${sk}`;
const isInIndex = async (Key: { pk: string; sk: string }) => {
  const { Item = {} } = await table.client.send(new GetCommand({ TableName: table.name, Key }));
  return Object.keys(Item).some((name) => name.startsWith('gsi'));
};

test('Each further instance of a known series writes itself, its series, its study and two amounts, and only itself into an index', async () => {
  const uids = newUids();
  const all = Array.from({ length: 20 }, () => ({ ...uids, sop: newUid() }));
  for (const [number, each] of all.entries()) await store.store(newDicomOf(each, { number }));
  const [first, ...others] = written;
  expect(first?.length).toBeGreaterThan(3);
  const { pk } = studyKey(uids.study);
  for (const sk of ['LISTED', 'MODALITY#CT', 'ACCESSION#A-17', 'NAME#PATIENT^PAULA'])
    expect(first).toContain(`${pk} ${sk}`);
  const [series, study] = [seriesKey(uids.study, uids.series), studyKey(uids.study)];
  const amounts = [uploaderAmountKey('x'), patientAmountKey('P-1001')];
  expect(others).toEqual(
    all.slice(1).map(({ sop }) => [instanceKey(sop), series, study, ...amounts].map(keyOf)),
  );
  for (const amount of amounts) expect(await isInIndex(amount)).toBe(false);
  expect(await isInIndex(study)).toBe(false);
  expect(await isInIndex(series)).toBe(false);
  expect(await isInIndex(instanceKey(uids.sop))).toBe(false);
  expect(await isInIndex(instanceKey(all[3]?.sop ?? ''))).toBe(true);
});

test('Instances of one series that are stored at once share transactions', async () => {
  const uids = newUids();
  const all = Array.from({ length: 21 }, (_value, number) =>
    newDicomOf({ ...uids, sop: newUid() }, { number, bytes: 10 }),
  );
  const outcomes = await Promise.all(all.map((each) => store.store(each)));
  expect(outcomes).toEqual(all.map(() => ({ outcome: 'stored', patientId: 'P-1001' })));
  expect(written.map((keys) => keys.filter((key) => key.endsWith(' INSTANCE')).length)).toEqual([1, 10, 10]);
  const counts = { instances: 21, keptInstances: 21, keptBytes: 210 };
  expect((await dicomStore.getAt({ study: uids.study, series: uids.series })).series).toMatchObject(counts);
  expect(await dicomStore.getStudy(uids.study)).toMatchObject(counts);
});

test('An instance that can not be stored does not stop those that are stored at the same time', async () => {
  const uids = newUids();
  const [first, known, other] = [newUid(), newUid(), newUid()].map((sop) => newDicomOf({ ...uids, sop }));
  if (!first || !known || !other) throw new Error('three instances');
  await store.store(known);
  const conflict = { ...known, instance: { ...known.instance, sha256: 'of another file' } };
  // The first is stored alone, because nobody knows yet of the others.
  const outcomes = await Promise.allSettled(
    [first, conflict, other, known, other].map((each) => store.store(each)),
  );
  expect(
    outcomes.map((each) => (each.status === 'fulfilled' ? each.value.outcome : each.reason.code)),
  ).toEqual(['stored', 'CONFLICT', 'stored', 'known', 'known']);
  expect(await dicomStore.getStudy(uids.study)).toMatchObject({ instances: 3, keptInstances: 3 });
});

test('What is asked for at the same moment is read by one request, each item once', async () => {
  const [one, other] = [newUids(), newUids()];
  for (const each of [one, other]) await store.store(newDicomOf(each));
  reads = [];
  const pathOf = ({ study, series, sop }: Uids) => ({ study, series, instance: sop });
  const found = await Promise.all([one, one, other, newUids()].map((each) => dicomStore.getAt(pathOf(each))));
  expect(reads).toEqual([9]);
  expect(found.map(({ instance }) => instance?.sopUid)).toEqual([one.sop, one.sop, other.sop, undefined]);
});

test('A new series writes an index item only if its modality is new to the study', async () => {
  const { study } = newUids();
  await store.store(newDicomOf(newUids({ study })));
  await store.store(newDicomOf(newUids({ study })));
  await store.store(newDicomOf(newUids({ study }), { modality: 'MR' }));
  // After the instance, the series, the study and the amounts of its uploader and its patient.
  const entries = written.map((keys) => keys.slice(5));
  expect(entries.slice(1)).toEqual([[], [`${studyKey(study).pk} MODALITY#MR`]]);
});

test('A list by date is ordered by time within a day, and the key narrows a range that ends at a time', async () => {
  const patientId = 'P-7007';
  const times = ['', '08', '0930', '10:15:00', '235959.5'];
  const uids = times.map(() => newUids());
  for (const [i, time] of times.entries())
    await store.store(newDicomOf(uids[i] ?? newUids(), { patientId, time, date: '20251106' }));
  const search = new DicomSearch(table);
  const found = async (dates: string, time?: string) => {
    const path = ['00080020'] as const;
    const list = studyListFor(
      [
        { path, value: dates, ...(time !== undefined && { time: { tag: '00080030', value: time } }) },
        { path: ['00100020'], value: patientId },
      ],
      patientId,
    );
    const studies = await Array.fromAsync(search.studies(list, 100));
    return studies.map(({ studyUid }) => times[uids.findIndex(({ study }) => study === studyUid)]);
  };
  expect(await found('20251106')).toEqual([...times].reverse());
  // The first day is read as a whole, because a study without a time matches all times of its day.
  expect(await found('20251106-20251106', '09-10')).toEqual(['10:15:00', '0930', '08', '']);
  expect(await found('20251105-20251106', '120000-093000')).toEqual(['0930', '08', '']);
  expect(await found('20251106-20251107', '12-00')).toEqual([...times].reverse());
  expect(await found('20251107-20251108', '00-01')).toEqual([]);
});
