import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import type { StudyList } from '../../lib/domain/dicom/study-search.ts';
import { itemsOfStudies, STUDIES_OF_PATIENT, sliceOf } from '../bench/dicom/archive-of-studies.ts';
import { importItems } from '../bench/import-items.ts';
import { functionOf, withDataDir, withTablesOnly } from '../bench/stack.ts';

const STUDIES = 100_000;
const { patientId, patientName = '', accession = '', studyDate = '' } = sliceOf(4321, STUDIES);
const day: [string, string] = [studyDate, studyDate];
/** The number of days on which studies were made. */
const STUDIES_OF_DAY = 20;

let search: DicomSearch;
let end: () => void;
let ended: Promise<void>;
/** The requests to DynamoDB, and the number of items that they read. */
let commands: { name: string; index: unknown; scanned: number }[] = [];

beforeAll(async () => {
  const cdkOut = inject('cdkOut');
  await new Promise<void>((ready, failed) => {
    ended = withDataDir(async (dataDir) => {
      await importItems(cdkOut, dataDir, itemsOfStudies(STUDIES));
      const { TABLE_NAME: name = '' } = functionOf(cdkOut, 'http://localhost', 'search-studies').environment;
      await withTablesOnly(cdkOut, dataDir, async (dynamoDb) => {
        const client = DynamoDBDocumentClient.from(dynamoDb);
        client.middlewareStack.add(
          (next, { commandName = '' }) =>
            async (args) => {
              const answer = await next(args);
              const { ScannedCount: scanned = 0 } = answer.output as Partial<QueryCommandOutput>;
              const { IndexName: index } = args.input as { IndexName?: string };
              commands.push({ name: commandName, index, scanned });
              return answer;
            },
          { step: 'initialize' },
        );
        search = new DicomSearch({ name, client });
        ready();
        await new Promise<void>((resolve) => {
          end = resolve;
        });
      });
    });
    ended.catch(failed);
  });
});

afterAll(async () => {
  end();
  await ended;
});

beforeEach(() => {
  commands = [];
});

describe(`Among ${STUDIES} studies, one Query on an index finds, and reads only, those`, () => {
  test.each<[what: string, list: StudyList, count: number]>([
    ['of a patient', { by: 'patient', patientId, alsoUnassigned: false }, STUDIES_OF_PATIENT],
    ['of a day', { by: 'date', dates: day }, STUDIES_OF_DAY],
    ['of an accession number', { by: 'accession', accession }, 1],
    ['of a modality on a day', { by: 'modality', modality: 'CT', dates: day }, STUDIES_OF_DAY],
    ['of a name', { by: 'name', prefix: patientName.toUpperCase(), matches: () => true }, STUDIES_OF_PATIENT],
  ])('%s', async (_title, list, count) => {
    const found = await Array.fromAsync(search.studies(list, 1000));
    expect(found).toHaveLength(count);
    // The studies of a list of small items are then read by their keys.
    const [query, ...others] = commands;
    expect(query).toEqual({ name: 'QueryCommand', index: expect.stringMatching(/^gsi/), scanned: count });
    expect(others.map(({ name }) => name).filter((name) => name !== 'BatchGetItemCommand')).toEqual([]);
  });

  test('of a patient, and by a second Query those that name the patient and have no owner', async () => {
    const list: StudyList = { by: 'patient', patientId, alsoUnassigned: true };
    expect(await Array.fromAsync(search.studies(list, 1000))).toHaveLength(STUDIES_OF_PATIENT);
    const query = { name: 'QueryCommand', index: 'gsi2' };
    expect(commands.filter(({ name }) => name === 'QueryCommand')).toEqual([
      { ...query, scanned: STUDIES_OF_PATIENT },
      { ...query, scanned: 0 },
    ]);
  });
});
