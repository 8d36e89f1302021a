import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, relatedOf, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../fixtures/dicoms.ts';
import { refused } from '../support/contract.ts';
import { directAccess } from '../support/direct-access.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, until, useService } from '../support/service.ts';

const service = useService();
let staff: Client;
let doctor: Client;
let admin: Client;
let patient: Client;
let stranger: Client;
beforeAll(async () => {
  [staff, doctor, admin, patient, stranger] = await Promise.all([
    service.as('staff'),
    service.as('doctor'),
    service.as('admin'),
    service.as('patient-1'),
    service.as('patient-2'),
  ]);
});

interface Entry {
  patientId: string;
  name: { alphabetic?: string };
}

const pathOf = (patientId: string) => `/api/patients/${patientId}`;
const write = (patientId: string, details: object) => staff.json('PUT', pathOf(patientId), 200, details);

/** Numbers of all patients whom the search finds, of which other test files wrote some. */
async function found(q: string, limit = 200): Promise<string[]> {
  const numbers: string[] = [];
  for (let cursor = ''; ; ) {
    const path = `/api/patients?q=${encodeURIComponent(q)}&limit=${limit}${cursor}`;
    const { patients, next } = await staff.json('GET', path, 200);
    numbers.push(...patients.map(({ patientId }: Entry) => patientId));
    if (next === null) return numbers;
    cursor = `&cursor=${next}`;
  }
}

/** A file of the patient; the elements are of the patient level. */
const fileOf = (patientId: string, elements: FixtureElement[] = [], uids: Uids = newUids()) =>
  slice(uids, [['00100020', 'LO', patientId], ...elements]);
const store = (client: Client, ...[patientId, elements, uids]: Parameters<typeof fileOf>) =>
  client.json('POST', '/dicom/upload', 201, dicomForm(fileOf(patientId, elements, uids)));

/** A name in three scripts, in UTF-8. */
const utf8: FixtureElement = ['00080005', 'CS', 'ISO_IR 192'];
const yamada: FixtureElement = ['00100010', 'PN', Buffer.from('Yamada^Tarou=山田^太郎=やまだ^たろう ')];

describe('A DICOM file of the clinic brings its patient into the directory', () => {
  const number = newPatient();
  const expected = {
    patientId: number,
    name: { alphabetic: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' },
    birthDate: '1970-03-21',
    sex: 'M',
    formerNumbers: [],
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    source: 'dicom',
  };
  const elements: FixtureElement[] = [utf8, yamada, ['00100030', 'DA', '19700321'], ['00100040', 'CS', 'M']];
  beforeAll(async () => {
    await store(staff, number.toLowerCase(), elements);
  });

  test('with what it says', async () => {
    expect(await staff.json('GET', pathOf(number), 200)).toEqual(expected);
    expect(await doctor.json('GET', `${pathOf(number.toLowerCase())}/`, 200)).toEqual(expected);
  });

  test.each([
    ...['yamada', 'Yama', 'TAROU', 't', '山', '山田', '太郎', 'やま', 'たろう', 'ＹＡＭＡ'],
    // Several words, in any order, and the birth date.
    ...['Yamada Tarou', 'tarou, yama', 'Yamada^', '1970-03-21', '21.3.1970 yamada'],
  ])('where %s finds them', async (q) => {
    expect((await found(q)).filter((each) => each === number)).toEqual([number]);
  });

  test.each(['amada', 'Yamada Hanako', 'yamada 22.3.1970', '田', 'Yamadax', '%', '*'])(
    'where %s does not',
    async (q) => {
      expect(await found(q)).not.toContain(number);
    },
  );

  test('where the beginning of the number finds them, in capitals or not', async () => {
    expect(await found(number)).toEqual([number]);
    expect(await found(number.slice(0, -1).toLowerCase())).toContain(number);
    expect(await found(number.slice(1))).toEqual([]);
  });

  test('once: of many files of a series only the first is a change', async () => {
    const [own, patientId, uids] = [await directAccess(service), newPatient(), newUids()];
    const series = Array.from({ length: 24 }, () =>
      fileOf(patientId, elements, { ...uids, sop: newUids().sop }),
    );
    for (let from = 0; from < series.length; from += 12)
      await staff.json('POST', '/dicom-web/studies', 200, relatedOf(series.slice(from, from + 12)));
    expect(await own.patients.get(patientId)).toMatchObject({ version: 1, source: 'dicom' });
    await store(staff, patientId, [['00100010', 'PN', 'Tanaka^Tarou']]);
    expect(await own.patients.get(patientId)).toMatchObject({
      version: 2,
      name: { alphabetic: 'Tanaka^Tarou' },
    });
  });

  test('by a signed URL, too', async () => {
    const patientId = newPatient();
    const file = fileOf(patientId, elements);
    const { uploadUrl, headers } = await staff.json('POST', '/dicom/upload-url', 201, {
      fileSize: file.length,
    });
    expect((await fetch(uploadUrl, { method: 'PUT', headers, body: file })).status).toBe(200);
    const entry = await until(async () => {
      const response = await staff.send('GET', pathOf(patientId));
      return response.status === 200 && response.json();
    });
    expect(entry).toEqual({ ...expected, patientId });
  });

  test('but not of another issuer, nor one that the patient sends', async () => {
    const patientId = newPatient();
    await store(staff, patientId, [...elements, ['00100021', 'LO', 'ANOTHER HOSPITAL']]);
    const own = await service.as('patient-1', { sub: randomUUID(), 'custom:patient_id': patientId });
    await store(own, patientId, elements);
    await refused(staff, 404, 'GET', pathOf(patientId));
    expect(await found(patientId)).toEqual([]);
  });

  test('nor one in a study that was given to somebody else by hand', async () => {
    const [named, owner, uids] = [newPatient(), newPatient(), newUids()];
    await store(staff, named, elements, uids);
    await doctor.json('POST', `/dicom/studies/${uids.study}/patient`, 200, {
      patientId: owner,
      reason: 'the wrong number in the files',
    });
    const other: FixtureElement = ['00100010', 'PN', 'Other^Name'];
    await store(staff, named, [other], newUids({ study: uids.study }));
    await refused(staff, 404, 'GET', pathOf(owner));
    expect(await staff.json('GET', pathOf(named), 200)).toMatchObject({
      name: { alphabetic: 'Yamada^Tarou' },
    });
  });
});

describe('What a person writes about a patient', () => {
  test('replaces what was there, and survives a later DICOM file', async () => {
    const number = newPatient();
    await store(staff, number, [utf8, yamada]);
    const details = {
      name: { alphabetic: 'Sørensen^Åse^Lærke' },
      birthDate: '1981-12-01',
      sex: 'F',
      formerNumbers: ['p-0815', '007'],
    };
    const written = await doctor.json('PUT', pathOf(number.toLowerCase()), 200, details);
    const expected = { ...details, formerNumbers: ['P-0815', '007'], patientId: number, source: 'person' };
    expect(written).toEqual({ ...expected, updatedAt: written.updatedAt });
    await store(staff, number, [utf8, yamada, ['00100040', 'CS', 'M']]);
    expect(await staff.json('GET', pathOf(number), 200)).toEqual(written);
    expect(await found('yamada')).not.toContain(number);
    expect(await found('山')).not.toContain(number);
    for (const q of ['SØR', 'ase', 'Ås', 'lærke']) expect(await found(q), q).toContain(number);

    const least = await staff.json('PUT', pathOf(number), 200, { name: {} });
    expect(least).toMatchObject({ name: {}, birthDate: null, sex: null, formerNumbers: [] });
    expect(await found('ase')).not.toContain(number);
    expect(await found(number)).toEqual([number]);
  });

  test('is found with and without accents', async () => {
    const [accents, plain] = [newPatient(), newPatient()];
    await write(accents, { name: { alphabetic: 'Čížek^Émile' } });
    await write(plain, { name: { alphabetic: 'CIZEK^EMILE' } });
    for (const q of ['čížek', 'cizek', 'C\u030cI\u0301Z', 'ÉMI', 'emi'])
      expect(await found(q), q).toEqual(expect.arrayContaining([accents, plain]));
  });

  test.each<[what: string, details: unknown, fault: string]>([
    ['no name', {}, 'name is required'],
    ['a sex that DICOM does not have', { name: {}, sex: 'X' }, 'sex'],
    ['a day that is none', { name: {}, birthDate: '2025-02-30' }, 'birthDate'],
    ['two groups in one', { name: { alphabetic: 'a=b' } }, 'name.alphabetic'],
    ['an unknown field', { name: {}, admin: true }, 'admin'],
    [
      'their own number as a former one',
      { name: {}, formerNumbers: [PATIENT_1.toLowerCase()] },
      'formerNumbers',
    ],
    ['a number twice', { name: {}, formerNumbers: ['p-1', 'P-1'] }, 'formerNumbers'],
  ])('is refused with %s', async (_what, details, fault) => {
    const { details: faults } = await refused(staff, 400, 'PUT', pathOf(PATIENT_1), details);
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});

describe('Who sees the directory', () => {
  beforeAll(async () => {
    await write(PATIENT_1, { name: { alphabetic: 'Patient^Paula' }, formerNumbers: [PATIENT_2] });
  });

  test('a patient sees only their own entry, and learns of no other', async () => {
    expect(await patient.json('GET', pathOf(PATIENT_1.toLowerCase()), 200)).toMatchObject({
      patientId: PATIENT_1,
      name: { alphabetic: 'Patient^Paula' },
      formerNumbers: [PATIENT_2],
    });
    // A former number gives its holder nothing.
    const another = await refused(stranger, 404, 'GET', pathOf(PATIENT_1));
    expect(await refused(stranger, 404, 'GET', pathOf(newPatient()))).toEqual(another);
    expect(await refused(stranger, 404, 'GET', pathOf(PATIENT_2))).toEqual(another);
  });

  test('a patient neither searches nor writes', async () => {
    for (const client of [patient, stranger]) {
      await refused(client, 403, 'GET', '/api/patients');
      await refused(client, 403, 'GET', `/api/patients?q=${PATIENT_1}`);
      await refused(client, 403, 'PUT', pathOf(PATIENT_1), { name: {} });
    }
  });

  test('each access is in the audit log, a search with what was searched for and who was found', async () => {
    const number = newPatient();
    await write(number, { name: {} });
    await staff.json('GET', pathOf(number), 200);
    await staff.json('GET', `/api/patients?q=${number.toLowerCase()}`, 200);
    await refused(stranger, 404, 'GET', pathOf(number));
    const { events } = await admin.json('GET', `/api/audit?patient_id=${number}`, 200);
    expect(events.map(({ action, outcome }: Record<string, string>) => [action, outcome])).toEqual([
      ['get-patient', 'denied'],
      ['list-patients', 'success'],
      ['get-patient', 'success'],
      ['put-patient', 'success'],
    ]);
    expect(events[1].things).toEqual([`search patients q=${number.toLowerCase()}`]);
  });
});

test('A list in parts has each patient once, by name, and its cursor is for who got it alone', async () => {
  const letters = randomUUID()
    .replaceAll(/[^a-f]/g, '')
    .slice(0, 6);
  const numbers = Array.from({ length: 7 }, newPatient);
  for (const [index, number] of numbers.entries()) {
    const given = `${letters}${'gfedcba'[index]}`;
    await write(number, { name: { alphabetic: `${letters}^${given}`, phonetic: given } });
  }
  const pages: string[][] = [];
  let cursor = '';
  do {
    const path = `/api/patients?q=${letters}&limit=3${cursor}`;
    const { patients, next } = await staff.json('GET', path, 200);
    pages.push(patients.map(({ patientId }: Entry) => patientId));
    if (next !== null) await refused(doctor, 400, 'GET', `/api/patients?q=${letters}&limit=3&cursor=${next}`);
    cursor = next && `&cursor=${next}`;
  } while (cursor);
  expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual([...numbers].reverse());
  const all = await found('', 50);
  expect(new Set(all).size).toBe(all.length);
  const listed = all.filter((number) => numbers.includes(number));
  expect(listed).toEqual([...numbers].reverse());
});
