import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../fixtures/dicoms.ts';
import { type Client, useService } from '../support/service.ts';

const service = useService();
let staff: Client;
beforeAll(async () => {
  staff = await service.as('staff');
});

/** Somebody signed in as the patient of this number. */
const patient = (patientId: string) =>
  service.as('patient-1', { sub: `patient ${patientId}`, 'custom:patient_id': patientId });

const patientIdOf = (vr: string, value: string): FixtureElement => ['00100020', vr, value];
const store = (client: Client, uids: Uids, ...elements: FixtureElement[]) =>
  client.send('POST', '/dicom/upload', dicomForm(slice(uids, elements)));

/** Every path under which something of the instance can be read. */
const readsOf = ({ study, series, sop }: Uids) => {
  const studyPath = `/dicom-web/studies/${study}`;
  const instancePath = `${studyPath}/series/${series}/instances/${sop}`;
  return [
    ...[studyPath, `${studyPath}/metadata`, `${studyPath}/thumbnail`],
    ...[`${studyPath}/series/${series}`, `${studyPath}/series/${series}/metadata`],
    ...[`${studyPath}/series/${series}/thumbnail`, instancePath, `${instancePath}/metadata`],
    ...[`${instancePath}/frames/1`, `${instancePath}/frames/1/rendered`, `${instancePath}/rendered`],
    ...[`${instancePath}/thumbnail`, `${instancePath}/bulkdata/7FE00010`, `/dicom/wado/${sop}`],
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

/** A number of digits, as the numeric VRs have it too. */
const digits = () => String(Number.parseInt(randomUUID().slice(0, 8), 16) + 1);

/** Ways to write a Patient ID that is one patient's as text, and another's as a number or as a list. */
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

describe.each(SPELLINGS)('A patient who writes the Patient ID as %s', (_, spell) => {
  test('can store nothing in a study of another', async () => {
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

  test('can take no study over before its owner’s files come', async () => {
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

test('A Patient ID of many values that together are too long to be kept opens no study without one', async () => {
  const attacker = `P-${randomUUID()}`;
  const uids = newUids();
  expect((await store(staff, uids, patientIdOf('LO', ''))).status).toBe(201);
  const long = patientIdOf('UC', [attacker, ...Array.from({ length: 200 }, () => 'x'.repeat(40))].join('\\'));
  const forged = await store(await patient(attacker), newUids({ study: uids.study }), long);
  expect(forged.status).toBeGreaterThanOrEqual(400);
});
