import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import {
  instanceKey,
  patientAmountKey,
  seriesKey,
  studyKey,
  uploaderAmountKey,
} from '../../lib/data/keys.ts';
import { studyListFor } from '../../lib/domain/dicom/study-search.ts';
import { newUid, newUids } from '../fixtures/dicom-uploads.ts';
import { newDicomOf } from '../fixtures/new-dicom.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
let table: Table;
let store: DicomIntake;
/** The keys that each transaction wrote. */
let written: string[][] = [];

beforeAll(() => {
  ({ table } = database);
  store = new DicomIntake(table);
  const send = table.client.send.bind(table.client) as (command: object) => Promise<never>;
  table.client.send = (command: object) => {
    if (command instanceof TransactWriteCommand) {
      const keys = (command.input.TransactItems ?? []).map(({ Put, Update }) => Put?.Item ?? Update?.Key);
      written.push(keys.map((key) => `${key?.pk} ${key?.sk}`));
    }
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
