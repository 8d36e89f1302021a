import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, relatedOf, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../../fixtures/dicoms.ts';
import { namedPatients } from '../../fixtures/named-patients.ts';
import { type Client, until, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
beforeAll(async () => {
  staff = await service.as('staff');
});

/** A person signed in as the patient of this number. */
const patient = (patientId: string) =>
  service.as('patient-1', { sub: `patient ${patientId}`, 'custom:patient_id': patientId });

const patientIdOf = (vr: string, value: string): FixtureElement => ['00100020', vr, value];
const store = (client: Client, uids: Uids, ...elements: FixtureElement[]) =>
  client.send('POST', '/dicom/upload', dicomForm(slice(uids, elements)));

/** Every path that returns something of the instance. */
const readsOf = ({ study, series, sop }: Uids) => {
  const studyPath = `/dicom-web/studies/${study}`;
  const instancePath = `${studyPath}/series/${series}/instances/${sop}`;
  return [
    studyPath,
    `${studyPath}/metadata`,
    `${studyPath}/thumbnail`,
    `${studyPath}/series/${series}`,
    `${studyPath}/series/${series}/metadata`,
    `${studyPath}/series/${series}/thumbnail`,
    instancePath,
    `${instancePath}/metadata`,
    `${instancePath}/frames/1`,
    `${instancePath}/frames/1/rendered`,
    `${instancePath}/rendered`,
    `${instancePath}/thumbnail`,
    `${instancePath}/bulkdata/7FE00010`,
    `/dicom/wado/${sop}`,
  ];
};

const searchesOf = ({ study, series, sop }: Uids) => [
  `/dicom-web/studies?StudyInstanceUID=${study}`,
  `/dicom-web/studies/${study}/series`,
  `/dicom-web/studies/${study}/series/${series}/instances`,
  `/dicom-web/instances?SOPInstanceUID=${sop}`,
];

const statuses = (client: Client, paths: readonly string[]) =>
  Promise.all(paths.map(async (path) => [path, (await client.send('GET', path)).status] as const));

const expectAll = async (client: Client, paths: readonly string[], status: number) =>
  expect(await statuses(client, paths)).toEqual(paths.map((path) => [path, status]));

/** A number of digits, which the numeric VRs can hold too. */
const digits = () => String(Number.parseInt(randomUUID().slice(0, 8), 16) + 1);

/**
 * Ways to write a Patient ID that is one patient's as text, and another patient's as a number or as a list.
 */
const SPELLINGS: [what: string, spell: (victim: string) => { attacker: string; element: FixtureElement }][] =
  [
    [
      'an IS with a leading zero',
      (victim) => ({ attacker: `0${victim}`, element: patientIdOf('IS', `0${victim}`) }),
    ],
    [
      'a DS with a fraction',
      (victim) => ({ attacker: `${victim}.0`, element: patientIdOf('DS', `${victim}.0`) }),
    ],
    [
      'a DS with an exponent',
      (victim) => ({ attacker: `${victim}e0`, element: patientIdOf('DS', `${victim}e0`) }),
    ],
  ];

describe.each(SPELLINGS)('A patient who writes the Patient ID as %s', (_title, spell) => {
  test('can store nothing in a study of another patient', async () => {
    const victim = digits();
    const { attacker, element } = spell(victim);
    const uids = newUids();
    expect((await store(staff, uids, patientIdOf('LO', victim))).status).toBe(201);
    const forged = newUids({ study: uids.study });
    expect((await store(await patient(attacker), forged, element)).status).toBeGreaterThanOrEqual(400);
    const owner = await patient(victim);
    await expectAll(owner, readsOf(uids), 200);
    await expectAll(owner, [`/dicom/wado/${forged.sop}`], 404);
    expect(await owner.json('GET', `/dicom-web/studies/${uids.study}/instances`, 200)).toHaveLength(1);
  });

  test('can not take a study over before the files of its owner are stored', async () => {
    const victim = digits();
    const { attacker, element } = spell(victim);
    const uids = newUids();
    const thief = await patient(attacker);
    await store(thief, newUids({ study: uids.study }), element);
    expect((await store(staff, uids, patientIdOf('LO', victim))).status).toBe(201);
    await expectAll(await patient(victim), readsOf(uids), 200);
    await expectAll(thief, readsOf(uids), 404);
    await expectAll(thief, searchesOf(uids), 204);
  });
});

test('A Patient ID of many values that is too long to be stored opens no study without a Patient ID', async () => {
  const attacker = `P-${randomUUID().toUpperCase()}`;
  const uids = newUids();
  expect((await store(staff, uids, patientIdOf('LO', ''))).status).toBe(201);
  const long = patientIdOf('UC', [attacker, ...Array.from({ length: 200 }, () => 'x'.repeat(40))].join('\\'));
  const forged = await store(await patient(attacker), newUids({ study: uids.study }), long);
  expect(forged.status).toBeGreaterThanOrEqual(400);
});

describe('A Patient ID that could be read in two ways is refused with its reason', () => {
  const reason = 'has a Patient ID that is not one text of at most 64 characters.';
  const FILES: [what: string, element: FixtureElement][] = [
    ['two values', patientIdOf('LO', 'P-1001\\P-1002')],
    ['an empty value before another', patientIdOf('LO', '\\P-1001')],
    ['65 characters', patientIdOf('LO', 'P'.repeat(65))],
    ['a number', patientIdOf('IS', '1001')],
    ['a name', patientIdOf('PN', 'P-1001')],
    ['bytes', patientIdOf('OB', 'P-1001')],
  ];

  test.each(FILES)('%s, by each endpoint', async (_title, element) => {
    const file = slice(newUids(), [element]);
    const form = await staff.json('POST', '/dicom/upload', 400, dicomForm(file));
    expect(form.details).toEqual([expect.stringContaining(reason)]);
    const stow = await staff.json('POST', '/dicom-web/studies', 409, relatedOf([file]));
    // PS3.18 I.2.2: a comment of at most 64 characters.
    expect(stow['0008119A'].Value[0]['00000902'].Value[0]).toContain('a Patient ID that is not one text');
    const { uploadId, uploadUrl, headers } = await staff.json('POST', '/dicom/upload-url', 201, {
      fileSize: file.length,
    });
    expect((await fetch(uploadUrl, { method: 'PUT', headers, body: file })).status).toBe(200);
    const upload = await until(async () => {
      const found = await staff.json('GET', `/dicom/uploads/${uploadId}`, 200);
      return found.status !== 'pending' && found;
    });
    expect(upload).toMatchObject({ status: 'rejected', reason: expect.stringContaining(reason) });
  });

  test('and so is such an issuer of it', async () => {
    const two: FixtureElement = ['00100021', 'LO', 'A\\B'];
    const refused = await staff.json('POST', '/dicom/upload', 400, dicomForm(slice(newUids(), [two])));
    expect(refused.details).toEqual([expect.stringContaining('Issuer of Patient ID')]);
  });
});

describe('A study without a patient', () => {
  const elsewhere: FixtureElement = ['00100021', 'LO', 'ANOTHER HOSPITAL'];

  test.each<[what: string, element: FixtureElement]>([
    ['with a number of another issuer', elsewhere],
    ['with an issuer in the qualifiers', ['00100024', 'SQ', [[['00400032', 'UT', '1.2.3']]]]],
    ['without a Patient ID', patientIdOf('LO', '')],
    ['with an invalid Patient ID', patientIdOf('LO', 'Paula, ward 3')],
  ])(
    '%s, is visible to no patient until staff assign it, and again when they undo that',
    async (_title, element) => {
      const uids = newUids();
      const number = `P-${randomUUID().toUpperCase()}`;
      const own = await patient(number);
      const elements = element[0] === '00100020' ? [element] : [patientIdOf('LO', number), element];
      expect((await store(staff, uids, ...elements)).status).toBe(201);
      await expectAll(own, readsOf(uids), 404);
      await expectAll(own, searchesOf(uids), 204);
      const list = '/dicom-web/studies?4E471002=UNASSIGNED&limit=1000';
      const studiesIn = async () =>
        (await staff.json('GET', list, 200)).map(
          (study: Record<string, { Value: string[] }>) => study['0020000D']?.Value[0],
        );
      expect(await studiesIn()).toContain(uids.study);

      const assigned = await staff.json('POST', `/dicom/studies/${uids.study}/patient`, 200, {
        patientId: number,
      });
      expect(assigned).toMatchObject({ patientId: number, previousPatientId: null });
      await expectAll(own, readsOf(uids), 200);
      await expectAll(own, searchesOf(uids), 200);
      const [found] = await staff.json('GET', `/dicom-web/studies?PatientID=${number}`, 200);
      expect(found).toMatchObject({
        '00100020': { Value: [number] },
        '4E471002': { Value: ['ASSIGNED'] },
      });
      // Files that are added later belong to the same patient as the rest.
      expect((await store(staff, newUids({ study: uids.study }), ...elements)).status).toBe(201);
      expect(await own.json('GET', `/dicom-web/studies/${uids.study}/instances`, 200)).toHaveLength(2);

      await staff.json('POST', `/dicom/studies/${uids.study}/patient`, 200, { patientId: null });
      await expectAll(own, readsOf(uids), 404);
      await expectAll(own, searchesOf(uids), 204);
      expect(await studiesIn()).toContain(uids.study);
    },
  );

  test('is found by the Patient ID in its files, beside those of the patient of this number', async () => {
    const number = `P-${randomUUID().toUpperCase()}`;
    const [ours, theirs] = [newUids(), newUids()];
    await store(staff, ours, patientIdOf('LO', number));
    await store(staff, theirs, patientIdOf('LO', number), elsewhere);
    const found = await staff.json('GET', `/dicom-web/studies?PatientID=${number}`, 200);
    const summary = found.map((study: Record<string, { Value?: string[] }>) => [
      study['0020000D']?.Value?.[0],
      study['4E471002']?.Value?.[0],
      study['00100021']?.Value?.[0],
    ]);
    expect(summary).toEqual([
      [ours.study, 'ASSIGNED', undefined],
      [theirs.study, 'UNASSIGNED', 'ANOTHER HOSPITAL'],
    ]);
  });
});

describe('A file that a patient sends', () => {
  test('is marked in every answer', async () => {
    const number = `P-${randomUUID().toUpperCase()}`;
    const own = await patient(number);
    const uids = newUids();
    const { data } = await own.json(
      'POST',
      '/dicom/upload',
      201,
      dicomForm(slice(uids, [patientIdOf('LO', number)])),
    );
    expect(data.source).toBe('patient');
    const answers = [...searchesOf(uids), `/dicom-web/studies/${uids.study}/metadata`];
    for (const path of answers)
      expect((await own.json('GET', path, 200))[0], path).toMatchObject({
        '4E471001': { Value: ['PATIENT'] },
      });
    // A file that claims to be sent by the clinic changes nothing.
    const forged = newUids({ study: uids.study });
    const elements = [patientIdOf('LO', number), ['4E471001', 'CS', 'CLINIC'] as FixtureElement];
    await store(own, forged, ...elements);
    const [, second] = await own.json('GET', `/dicom-web/studies/${uids.study}/metadata`, 200);
    expect(second['4E471001'].Value).toEqual(['PATIENT']);
    await store(staff, newUids({ study: uids.study }), patientIdOf('LO', number));
    const [study] = await own.json('GET', `/dicom-web/studies?StudyInstanceUID=${uids.study}`, 200);
    expect(study['4E471001'].Value).toEqual(['CLINIC', 'PATIENT']);
  });

  test('does not block a StudyInstanceUID for the clinic: a doctor may move the study', async () => {
    const [thiefs, owners] = [`P-${randomUUID().toUpperCase()}`, `P-${randomUUID().toUpperCase()}`];
    const thief = await patient(thiefs);
    const uids = newUids();
    await store(thief, newUids({ study: uids.study }), patientIdOf('LO', thiefs));
    expect((await store(staff, uids, patientIdOf('LO', owners))).status).toBe(409);
    const path = `/dicom/studies/${uids.study}/patient`;
    await staff.json('POST', path, 403, { patientId: owners });
    const doctor = await service.as('doctor');
    expect(await doctor.json('POST', path, 200, { patientId: owners, reason: 'x' })).toMatchObject({
      previousPatientId: thiefs,
    });
    expect((await store(staff, uids, patientIdOf('LO', owners))).status).toBe(201);
    await expectAll(thief, readsOf(uids), 404);
    await expectAll(await patient(owners), readsOf(uids), 200);
    const again = await store(thief, newUids({ study: uids.study }), patientIdOf('LO', thiefs));
    expect(again.status).toBe(409);
  });
});

test('The audit log names the patient whose data was returned', async () => {
  const number = `P-${randomUUID().toUpperCase()}`;
  const uids = newUids();
  await store(staff, uids, patientIdOf('LO', ''));
  const admin = await service.as('admin');
  await staff.json('POST', `/dicom/studies/${uids.study}/patient`, 200, { patientId: number });
  for (const path of [...readsOf(uids), ...searchesOf(uids)])
    expect((await staff.send('GET', path)).status).toBe(200);
  const { events } = await admin.json('GET', `/api/audit?patient_id=${number}&limit=100`, 200);
  const actions = new Set(events.map(({ action }: { action: string }) => action));
  expect([...actions].sort()).toEqual([
    'assign-study',
    'get-bulk-data',
    'get-dicom',
    'get-frame-thumbnail',
    'get-frames',
    'get-metadata',
    'get-rendered-frame',
    'retrieve-instances',
    'search-instances',
    'search-series',
    'search-studies',
  ]);
  for (const { id } of events.filter((event: { has_reads: boolean }) => event.has_reads)) {
    const { reads } = await admin.json('GET', `/api/audit/${id}`, 200);
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads) expect(read).toContain(`instance ${uids.sop}`);
  }
});

test('Whatever Patient IDs and issuers files have, no endpoint returns a patient an instance of another', async () => {
  const victim = digits();
  const spellings = [victim, `0${victim}`, `${victim}.0`, `${victim}e0`];
  const people = new Map<string, Client>();
  for (const number of spellings) people.set(number, await patient(number));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ elements: namedPatients(fc, spellings), sender: fc.nat(4), study: fc.nat(2) }), {
        minLength: 4,
        maxLength: 8,
      }),
      async (files) => {
        const studies = [newUids(), newUids(), newUids()];
        for (const { elements, sender, study } of files) {
          const uids = newUids({ study: studies[study]?.study ?? '' });
          const client = people.get(spellings[sender - 1] ?? '') ?? staff;
          const { status } = await store(client, uids, ...elements);
          expect([201, 400, 403, 409]).toContain(status);
          if (status !== 201) continue;
          // The patient that the bytes name, as the test itself reads them.
          const [id, issuer] = ['00100020', '00100021'].map((tag) => {
            const value = elements.find(([each]) => each === tag)?.[2] ?? '';
            return Buffer.from(value as string | Uint8Array)
              .toString('latin1')
              .replaceAll(/^[ \0]+|[ \0]+$/g, '');
          });
          for (const [number, person] of people) {
            if (issuer === '' && id === number) continue;
            const seen = await statuses(person, readsOf(uids));
            expect(
              seen.filter(([path, code]) => code !== 404 && path.includes(uids.sop)),
              number,
            ).toEqual([]);
            const found = await person.send('GET', `/dicom-web/instances?SOPInstanceUID=${uids.sop}`);
            expect(found.status).toBe(204);
          }
        }
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
}, 300_000);
