import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { directoryKey } from '../../lib/data/keys.ts';
import { Patients } from '../../lib/data/patients.ts';
import {
  listedName,
  type Patient,
  PatientDetails,
  patientFromPerson,
  searchTerm,
  searchWords,
} from '../../lib/domain/patients/patient.ts';
import { graphemes, patientNames, searchedComponents } from '../fixtures/patient-names.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
let patients: Patients;
const sent = new Map<string, number>();
beforeAll(() => {
  patients = new Patients(database.table);
  database.table.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (commandName === ScanCommand.name) throw new Error('nothing may be searched by a Scan');
        sent.set(commandName, (sent.get(commandName) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize' },
  );
});

const now = new Date('2026-02-03T04:05:06Z');
const write = (patientId: string, details: object) =>
  patients.change(patientId, (known) =>
    patientFromPerson(known, patientId, PatientDetails.parse({ name: {}, ...details }), now),
  );

/** All pages of the search, each of this length at most. */
async function pagesOf(text: string, limit: number): Promise<Patient[][]> {
  const pages: Patient[][] = [];
  const words = searchWords(text, now);
  for (let cursor: string | undefined; ; ) {
    const request = { limit, cursor };
    const page = await (words.length === 0 ? patients.listAll(request) : patients.search(words, request));
    pages.push(page.items);
    if (page.next === null) return pages;
    // What an operation accepts: see `PageQuery`.
    expect(page.next.length).toBeLessThan(2048 - 64);
    cursor = page.next;
  }
}
const found = async (text: string, limit = 200) =>
  (await pagesOf(text, limit)).flat().map(({ patientId }) => patientId);

/** The index items of a patient, with the entry itself. */
const itemsOf = async (patientId: string) => {
  const { Items = [] } = await database.table.client.send(
    new QueryCommand({
      TableName: database.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': directoryKey(patientId).pk },
    }),
  );
  return Items.map(({ sk, term }) => [sk, term]);
};

test('Whatever the names are, each beginning of each component finds the patient, and no other text does', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      patientNames(fc),
      patientNames(fc),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      async (before, name, text) => {
        const patientId = `PROPERTY-${++number}`;
        await write(patientId, { name: before });
        await write(patientId, { name });
        const components = [...searchedComponents(name), patientId];
        const prefixes = components.flatMap((component) =>
          graphemes(component).map((_last, index, all) => all.slice(0, index + 1).join('')),
        );
        for (const prefix of new Set(prefixes)) {
          const all = await found(prefix);
          expect(
            all.filter((id) => id === patientId),
            prefix,
          ).toHaveLength(1);
        }
        for (const other of [text, ...searchedComponents(before)]) {
          const isPrefix = components.some((each) => searchTerm(each).startsWith(searchTerm(other)));
          expect((await found(other)).includes(patientId), other).toBe(isPrefix);
        }
      },
    ),
    { numRuns: 20 },
  );
}, 120_000);

describe('A search', () => {
  const COUNT = 57;
  const numberOf = (index: number) => `PAGED-${String(index).padStart(2, '0')}`;
  beforeAll(async () => {
    // Several components of each patient begin alike, in the order of neither the numbers nor the names.
    for (let index = 0; index < COUNT; index++) {
      const suffix = String.fromCharCode(97 + ((index * 7) % 26));
      const name = { alphabetic: `Zoe${suffix}^Zo${suffix}^Zoё`, phonetic: `Zoё${suffix}^Zoe` };
      await write(numberOf(index), { name });
    }
  });
  const everyone = Array.from({ length: COUNT }, (_value, index) => numberOf(index));

  test.each([1, 10, 19, 20, 56, 57, 200])(
    'in parts of %i finds each patient once, all of the same length',
    async (limit) => {
      const pages = await pagesOf('zo', limit);
      expect(pages.flatMap((page) => page.map(({ patientId }) => patientId)).sort()).toEqual(everyone);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    },
  );

  test('comes in the order of the names', async () => {
    const names = (await pagesOf('zoe', 20)).flat().map(listedName);
    expect(names).toEqual([...names].sort());
  });

  test('is one Query for each page', async () => {
    sent.clear();
    await patients.search(['PAGED-1'], { limit: 20 });
    expect(Object.fromEntries(sent)).toEqual({ QueryCommand: 1 });
  });

  test('for all lists each by name, in parts', async () => {
    const all = (await pagesOf('', 25)).flat();
    expect(new Set(all.map(({ patientId }) => patientId)).size).toBe(all.length);
    expect(all.map(({ patientId }) => patientId)).toEqual(expect.arrayContaining(everyone));
    const names = all.map(listedName);
    // DynamoDB sorts by the bytes of UTF-8.
    expect(names).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });
});

describe('The index items of a patient', () => {
  test('are replaced with the names, and none is left', async () => {
    await write('P-ITEMS', { name: { alphabetic: 'Yamada^Tarou^Ken', ideographic: '山田^太郎' } });
    expect(await itemsOf('P-ITEMS')).toHaveLength(1 + 6);
    await write('P-ITEMS', { name: { alphabetic: 'Tanaka' } });
    expect(await itemsOf('P-ITEMS')).toEqual([
      ['PATIENT', undefined],
      ['TERM#0', 'TANAKA'],
      ['TERM#1', 'P-ITEMS'],
    ]);
    expect(await found('yamada')).not.toContain('P-ITEMS');
  });

  test('have keys that are short enough, also for characters that fold into many', async () => {
    const group = Array.from({ length: 3 }, () => '\ufdfa'.repeat(20)).join('^');
    const patientId = 'L'.repeat(64);
    await write(patientId, { name: { alphabetic: group, ideographic: '𠮷'.repeat(32), phonetic: group } });
    expect(await found('\ufdfa'.repeat(20), 1)).toEqual([patientId]);
    expect(await found(`${'\ufdfa'.repeat(20)}x`)).toEqual([]);
    expect(await found('𠮷'.repeat(32))).toEqual([patientId]);
  });
});

test('Who writes at the same time loses no index item, and leaves none behind', async () => {
  const names = Array.from({ length: 6 }, (_value, index) => `Writer${index}${'^Given'.repeat(index % 3)}`);
  await Promise.all(names.map((alphabetic) => write('P-AT-ONCE', { name: { alphabetic } })));
  const entry = await patients.get('P-AT-ONCE');
  expect(entry?.version).toBe(names.length);
  const items = await itemsOf('P-AT-ONCE');
  const terms = new Set([...searchedComponents(entry?.name ?? {}), 'P-AT-ONCE'].map(searchTerm));
  expect(new Set(items.flatMap(([, term]) => term ?? []))).toEqual(terms);
  expect(items).toHaveLength(1 + terms.size);
});

test('An entry that stays as it is costs one read, and no write', async () => {
  await write('P-SAME', { name: { alphabetic: 'Same' } });
  sent.clear();
  for (let count = 0; count < 500; count++) await patients.change('P-SAME', () => undefined);
  expect(Object.fromEntries(sent)).toEqual({ GetItemCommand: 500 });
});
