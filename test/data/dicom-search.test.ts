import { BatchWriteCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { SearchQuery } from '../../lib/api/dicomweb.ts';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import { DicomStore } from '../../lib/data/dicom/dicom-store.ts';
import { writeMany } from '../../lib/data/dynamodb/batch-requests.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import { modalityOfStudyKey, studyEntryKeys, studyKey, studyListKey } from '../../lib/data/keys.ts';
import { type DicomStudy, modalitiesOf, searchTermsOf } from '../../lib/domain/dicom/dicom-instance.ts';
import type { StudyList } from '../../lib/domain/dicom/study-search.ts';
import { searchResponse } from '../../lib/services/dicomweb/search.ts';
import { useOwnDatabase } from '../support/own-database.ts';

/**
 * More than one answer of DynamoDB holds; 10 of each patient, and 100 of each day. `npm run test:large` has
 * 100,000.
 */
const STUDIES = 2040;

const database = useOwnDatabase();
let table: Table;
let queries = 0;

/**
 * Distinct names of studies: a component group of the second name begins as the first name does; the third is
 * longer than a key may be.
 */
const names: Record<number, object> = {
  9001: { Alphabetic: 'Dokimi^Alpha', Ideographic: 'Δοκιμη^Αλφα' },
  9002: { Alphabetic: 'Shiken^Hanako', Ideographic: '試験^花子', Phonetic: 'Shiken^Hana' },
  9003: { Alphabetic: `${'L'.repeat(300)}^End` },
};
const nameOf = (number: number) => names[number] ?? { Alphabetic: `Name${number}^Anna` };

const modalityOf = (number: number) => (number % 7 === 0 ? 'MR' : 'CT');

/** The study with this number; every seventh is an MR. */
const studyOf = (number: number): DicomStudy => {
  const day = String(Math.floor(number / 100) + 1).padStart(3, '0');
  return {
    studyUid: `2.25.${number}`,
    patientId: `Q-${number % 204}`,
    namedPatient: { id: `Q-${number % 204}`, issuer: null },
    patientKeys: [`["Q-${number % 204}",null]`],
    attributes: {
      '00080020': { vr: 'DA', Value: [`20${day.slice(0, 2)}0${day.slice(2)}01`.slice(0, 8)] },
      '00080050': { vr: 'SH', Value: [`ACC${number}`] },
      '00100010': { vr: 'PN', Value: [nameOf(number)] },
      '00100020': { vr: 'LO', Value: [`Q-${number % 204}`] },
      '0020000D': { vr: 'UI', Value: [`2.25.${number}`] },
    },
    series: 1,
    seriesByModality: { [modalityOf(number)]: 1 },
    instances: 1,
    patientInstances: 0,
    keptBytes: 1,
    keptInstances: 1,
    changedAt: '2026-01-01T00:00:00.000Z',
  };
};

const itemsOf = (study: DicomStudy) => {
  const { studyUid } = study;
  const terms = searchTermsOf(study);
  const entries = [
    studyListKey(study, terms),
    ...studyEntryKeys(studyUid, terms),
    ...modalitiesOf(study).map((modality) => modalityOfStudyKey(studyUid, terms, modality)),
  ];
  return [{ ...study, ...studyKey(studyUid) }, ...entries.map((keys) => ({ ...keys, studyUid }))];
};

beforeAll(async () => {
  ({ table } = database);
  const items = Array.from({ length: STUDIES }, (_value, number) => studyOf(number)).flatMap(itemsOf);
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_value, i) =>
    items.slice(i * 25, i * 25 + 25),
  );
  const write = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
  table.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === QueryCommand.name) queries++;
        if (commandName === ScanCommand.name) throw new Error('nothing may be searched by a Scan');
        return next(args);
      },
    { step: 'initialize' },
  );
}, 180_000);

describe('Among many studies, one Query finds those', () => {
  test.each<[what: string, list: StudyList, count: number]>([
    ['of a patient', { by: 'patient', patientId: 'Q-7', alsoUnassigned: false }, 10],
    ['of an accession number', { by: 'accession', accession: 'ACC77' }, 1],
    ['of a day', { by: 'date', dates: ['20010101', '20010101'] }, 100],
    ['of a modality on a day', { by: 'modality', modality: 'MR', dates: ['20010101', '20010101'] }, 15],
    ['whose names have this beginning', { by: 'name', prefix: 'NAME101', matches: () => true }, 11],
    ['with these UIDs', { by: 'uids', uids: ['2.25.1', '2.25.2', '2.25.404404'] }, 2],
  ])('%s', async (_title, list, count) => {
    queries = 0;
    const found = await Array.fromAsync(new DicomSearch(table).studies(list, 1000));
    expect(found).toHaveLength(count);
    expect(queries).toBeLessThanOrEqual(1);
  });

  test('and by parts of names, the query reads all names, and not the studies', async () => {
    const list = { by: 'name', prefix: '', matches: (name: string) => name.includes('E777^') } as const;
    queries = 0;
    const found = await Array.fromAsync(new DicomSearch(table).studies(list, 1000));
    expect(found.map(({ studyUid }) => studyUid)).toEqual(['2.25.777']);
    expect(queries).toBeLessThan(10);
  });
});

describe('A search', () => {
  const asking = (query: object) => ({
    caller: { role: 'staff', subject: 'x' } as const,
    params: undefined,
    query: SearchQuery.parse(query),
    headers: {},
    origin: 'https://images.clinic.example',
  });

  beforeAll(async () => {
    const items = Object.keys(names).flatMap((number) => itemsOf(studyOf(Number(number))));
    await writeMany(
      table,
      items.map((Item) => ({ PutRequest: { Item } })),
    );
  });

  test('returns the newest studies first, a few of many', async () => {
    const deps = { dicomSearch: new DicomSearch(table), dicomStore: new DicomStore(table) };
    const { body } = await searchResponse('study', asking({ limit: '3', offset: '1' }), deps);
    const dates = JSON.parse(String(body)).map(
      (each: Record<string, { Value: string[] }>) => each['00080020']?.Value[0],
    );
    expect(dates).toHaveLength(3);
    expect(dates).toEqual([...dates].sort().reverse());
  });

  test.each([
    ['9001', ['Dokimi*', 'Δοκ*', 'δοκιμη^αλφα', '*αλφα', 'Dokimi^Alpha=Δοκιμη^Αλφα', '=Δ*']],
    ['9002', ['Shiken*', 'shiken^hana', '*hana*', '試験*', '試?^花子', '*花*']],
    ['9003', ['L*^end', `${'l'.repeat(300)}^E*`, `*${'L'.repeat(210)}*`]],
  ])(
    'finds %s by each component group of its name once, as a search within its patient does',
    async (number, patterns) => {
      const studyUid = `2.25.${number}`;
      const PatientID = `Q-${Number(number) % 204}`;
      const deps = { dicomSearch: new DicomSearch(table), dicomStore: new DicomStore(table) };
      for (const PatientName of patterns) {
        for (const also of [{}, { PatientID }, { StudyInstanceUID: studyUid }]) {
          const { body } = await searchResponse('study', asking({ PatientName, ...also }), deps);
          const uids = JSON.parse(String(body)).map(
            (each: Record<string, { Value: string[] }>) => each['0020000D']?.Value[0],
          );
          expect(uids, JSON.stringify({ PatientName, ...also })).toEqual([studyUid]);
        }
      }
      const fuzzy = async (words: string) => {
        const { body } = await searchResponse(
          'study',
          asking({ PatientName: words, fuzzymatching: 'true' }),
          deps,
        );
        return JSON.parse(String(body)).length;
      };
      if (number === '9001') expect(await fuzzy('αλφα δοκ')).toBe(1);
      if (number === '9002') expect(await fuzzy('hana shik')).toBe(1);
    },
  );

  test.each<[what: string, query: object]>([
    ['dates from the later to the earlier', { StudyDate: '20260331-20260301' }],
    ['the same of a patient', { StudyDate: '20260331-20260301', PatientID: 'Q-1' }],
    ['the same of a modality', { StudyDate: '20260331-20260301', ModalitiesInStudy: 'MR' }],
    ['a patient of 3,000 characters', { PatientID: 'x'.repeat(3000) }],
    ['an accession number of 3,000 characters', { AccessionNumber: 'x'.repeat(3000) }],
    ['a name of 3,000 characters', { PatientName: `${'x'.repeat(3000)}*` }],
    ['a UID of 3,000 characters', { StudyInstanceUID: '1'.repeat(3000) }],
  ])('by %s finds nothing', async (_title, query) => {
    const deps = { dicomSearch: new DicomSearch(table), dicomStore: new DicomStore(table) };
    expect(await searchResponse('study', asking(query), deps)).toMatchObject({ status: 204 });
  });

  test('that would have to read too many studies is refused, and the message names the attributes to search by', async () => {
    const endless = {
      async *studies() {
        for (let number = 0; ; number++) yield studyOf(number);
      },
    };
    const search = searchResponse('study', asking({ PatientSex: 'X' }), {
      dicomSearch: endless,
      dicomStore: new DicomStore(table),
    });
    await expect(search).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      details: expect.arrayContaining([expect.stringContaining('PatientID')]),
    });
  });
});
