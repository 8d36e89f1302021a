import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { annotationKey } from '../../../lib/data/keys.ts';
import { dicomForm, newUid, newUids, relatedOf, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../../fixtures/dicoms.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, until, useService } from '../../support/service.ts';

const service = useService();
let direct: Awaited<ReturnType<typeof directAccess>>;
let staff: Client;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  direct = await directAccess(service);
  [staff, doctor, admin] = [await service.as('staff'), await service.as('doctor'), await service.as('admin')];
});

const store = async (uids: Uids, elements: FixtureElement[] = [], status = 201) =>
  staff.json('POST', '/dicom/upload', status, dicomForm(slice(uids, elements)));

/** A study of an MR series with one instance, and of a CT series with two. */
async function newStudy(patientId = PATIENT_1) {
  const own: FixtureElement[] = [['00100020', 'LO', patientId]];
  const study = newUid();
  const [mr, first] = [newUids({ study }), newUids({ study })];
  const second = { ...first, sop: newUid() };
  await store(mr, [...own, ['00080060', 'CS', 'MR']]);
  await store(first, own);
  await store(second, own);
  return { study, mr, first, second, own };
}

const studyPath = ({ study }: Pick<Uids, 'study'>) => `/dicom-web/studies/${study}`;
const seriesPath = (uids: Uids) => `${studyPath(uids)}/series/${uids.series}`;
const instancePath = (uids: Uids) => `${seriesPath(uids)}/instances/${uids.sop}`;

/** Every path that serves something of an instance itself. */
const readsOf = (uids: Uids) => [
  `/dicom/wado/${uids.sop}`,
  `/dicom/wado/${uids.sop}?contentType=image/png`,
  ...[
    '',
    '/metadata',
    '/frames/1',
    '/bulkdata/7FE00010',
    '/rendered',
    '/frames/1/rendered',
    '/thumbnail',
  ].map((end) => instancePath(uids) + end),
];
/** Every path that serves a whole series or study. */
const wholeOf = (path: string) => ['', '/metadata', '/thumbnail'].map((end) => path + end);

const expectAll = async (client: Client, paths: string[], status: number) => {
  for (const path of paths) expect((await client.send('GET', path)).status, path).toBe(status);
};
const summaryOf = async ({ study }: Pick<Uids, 'study'>) => {
  const response = await doctor.send('GET', `/dicom-web/studies?StudyInstanceUID=${study}`);
  if (response.status === 204) return undefined;
  const [found] = (await response.json()) as [Record<string, { Value: unknown[] }>];
  const value = (tag: string) => found[tag]?.Value ?? [];
  return {
    series: value('00201206')[0],
    instances: value('00201208')[0],
    modalities: value('00080061'),
  };
};
const deletedOf = async (query: string) =>
  (await doctor.json('GET', `/dicom/deleted?limit=200&${query}`, 200)).deleted;
const objectsOf = (uids: Uids) => direct.bucket.firstKey(`dicom/${uids.study}/${uids.series}/${uids.sop}/`);

describe('A deleted instance', () => {
  test('is served, listed and counted by nothing, and comes back as it was', async () => {
    const { study, first, second, mr } = await newStudy();
    const bytes = await (await doctor.send('GET', `/dicom/wado/${first.sop}`)).arrayBuffer();
    await doctor.json('DELETE', instancePath(first), 204);

    await expectAll(doctor, readsOf(first), 404);
    await expectAll(doctor, [...readsOf(second), ...wholeOf(seriesPath(first))], 200);
    const metadata = await doctor.json('GET', `${studyPath(first)}/metadata`, 200);
    expect(JSON.stringify(metadata)).not.toContain(first.sop);
    expect((await doctor.send('GET', `/dicom-web/instances?SOPInstanceUID=${first.sop}`)).status).toBe(204);
    expect(await doctor.json('GET', `${seriesPath(first)}/instances`, 200)).toHaveLength(1);
    expect(await summaryOf(first)).toEqual({ series: 2, instances: 2, modalities: ['CT', 'MR'] });
    await doctor.json('DELETE', instancePath(first), 404);

    // The last instance of a series takes the series with it.
    await doctor.json('DELETE', instancePath(mr), 204);
    expect(await summaryOf(first)).toEqual({ series: 1, instances: 1, modalities: ['CT'] });
    await expectAll(doctor, wholeOf(seriesPath(mr)), 404);
    const listed = await deletedOf(`patient_id=${PATIENT_1}`);
    expect(listed.slice(0, 2)).toMatchObject([
      { level: 'instance', study_instance_uid: study, sop_instance_uid: mr.sop, patient_id: PATIENT_1 },
      { level: 'instance', study_instance_uid: study, sop_instance_uid: first.sop },
    ]);
    const days = (Date.parse(listed[0].restorable_until) - Date.parse(listed[0].deleted_at)) / 86_400_000;
    expect(days).toBeCloseTo(30, 3);

    for (const uids of [mr, first]) await doctor.json('POST', `${instancePath(uids)}/restore`, 204);
    await doctor.json('POST', `${instancePath(first)}/restore`, 204);
    expect(await summaryOf(first)).toEqual({ series: 2, instances: 3, modalities: ['CT', 'MR'] });
    await expectAll(doctor, [...readsOf(first), ...readsOf(mr)], 200);
    const again = await (await doctor.send('GET', `/dicom/wado/${first.sop}`)).arrayBuffer();
    expect(Buffer.from(again).equals(Buffer.from(bytes))).toBe(true);
    expect(JSON.stringify(await deletedOf(`patient_id=${PATIENT_1}`))).not.toContain(study);
  });

  test('cannot be stored again until it is erased, in each way of storing', async () => {
    const { first, own } = await newStudy();
    await doctor.json('DELETE', instancePath(first), 204);
    const refused = await store(first, own, 409);
    expect(refused.details[0]).toBe('it was deleted; once it is erased, it can be stored again');
    const response = await staff.send('POST', '/dicom-web/studies', relatedOf([slice(first, own)]));
    expect(response.status).toBe(409);
    const answer = (await response.json()) as Record<string, { Value: unknown[] }>;
    expect(answer['00081198']?.Value[0]).toMatchObject({
      '00081197': { Value: [0x0124] },
      '00000902': { Value: [refused.details[0]] },
    });
    // What is refused must not delete the objects of the same file.
    await doctor.json('POST', `${instancePath(first)}/restore`, 204);
    await expectAll(doctor, readsOf(first), 200);

    await admin.json('DELETE', `${instancePath(first)}?erase=true`, 204);
    await until(async () => (await direct.dicomStore.getStored(first.sop)) === undefined);
    expect(await objectsOf(first)).toBeUndefined();
    await store(first, own);
    await expectAll(doctor, readsOf(first), 200);
    expect(await summaryOf(first)).toMatchObject({ series: 2, instances: 3 });
  });

  test('takes its picture out of its exam', async () => {
    const uids = newUids();
    await store(uids);
    const examenID = randomUUID();
    const { imageID } = await staff.json('POST', '/examens-medicaux/images', 201, {
      examenID,
      studyInstanceUID: uids.study,
      seriesInstanceUID: uids.series,
      sopInstanceUID: uids.sop,
      dateAcquisition: '2025-06-01',
      modalite: 'CT',
      description: '',
    });
    const [image, exam] = [`/examens-medicaux/images/${imageID}`, `/examens-medicaux/${examenID}/images`];
    const patient = await service.as('patient-1');
    for (const path of [seriesPath(uids), studyPath(uids), instancePath(uids)]) {
      for (const client of [patient, doctor]) await expectAll(client, [image, exam], 200);
      await doctor.json('DELETE', path, 204);
      for (const client of [patient, doctor]) await expectAll(client, [image], 404);
      const listed = await doctor.send('GET', exam);
      expect(listed.status).toBe(404);
      await doctor.json('POST', `${path}/restore`, 204);
    }
  });

  test('is deleted and restored by doctors and admins only, and others do not learn of it', async () => {
    const { study, first } = await newStudy();
    for (const path of [instancePath(first), seriesPath(first), studyPath(first)]) {
      for (const [person, status] of [
        ['staff', 403],
        ['patient-1', 403],
        ['patient-2', 404],
      ] as const) {
        const client = await service.as(person);
        await client.json('DELETE', path, status);
        await client.json('DELETE', `${path}?erase=true`, status);
      }
      await doctor.json('DELETE', `${path}?erase=true`, 403);
      await doctor.json('DELETE', path, 204);
      for (const [person, status] of [
        ['staff', 403],
        ['patient-1', 403],
        ['patient-2', 404],
      ] as const) {
        const client = await service.as(person);
        await client.json('POST', `${path}/restore`, status);
        await client.json('GET', path, 404);
        await client.json('GET', '/dicom/deleted', 403);
      }
      await admin.json('POST', `${path}/restore`, 204);
    }
    expect(await summaryOf({ study })).toMatchObject({ instances: 3 });
  });
});

describe('A deleted series or study', () => {
  test('hides all that is in it by one write, and what was deleted before stays deleted', async () => {
    const { first, second, mr, own } = await newStudy();
    await doctor.json('DELETE', instancePath(first), 204);
    await doctor.json('DELETE', seriesPath(first), 204);
    await expectAll(doctor, [...readsOf(second), ...wholeOf(seriesPath(first))], 404);
    expect(await summaryOf(first)).toEqual({ series: 1, instances: 1, modalities: ['MR'] });
    // A machine that sends another instance of the series does not bring it back.
    await store({ ...first, sop: newUid() }, own, 409);
    expect((await doctor.json('POST', `${instancePath(first)}/restore`, 409)).details).toEqual([
      `restore the series ${first.series} first`,
    ]);
    await doctor.json('DELETE', studyPath(first), 204);
    await expectAll(doctor, [...readsOf(mr), ...wholeOf(studyPath(first)), ...wholeOf(seriesPath(mr))], 404);
    for (const search of ['', '/series', '/instances'])
      expect((await doctor.send('GET', studyPath(first) + search)).status).toBe(search ? 204 : 404);
    expect(await summaryOf(first)).toBeUndefined();
    await store(newUids({ study: first.study }), own, 409);
    await doctor.json('POST', `${seriesPath(first)}/restore`, 409);

    await doctor.json('POST', `${studyPath(first)}/restore`, 204);
    expect(await summaryOf(first)).toEqual({ series: 1, instances: 1, modalities: ['MR'] });
    await doctor.json('POST', `${seriesPath(first)}/restore`, 204);
    expect(await summaryOf(first)).toEqual({ series: 2, instances: 2, modalities: ['CT', 'MR'] });
    await expectAll(doctor, readsOf(first), 404);
    await expectAll(doctor, readsOf(second), 200);
    await doctor.json('POST', `${instancePath(first)}/restore`, 204);
    expect(await summaryOf(first)).toMatchObject({ instances: 3 });
  });

  test('is erased with its objects and items by admins, and can be stored anew', async () => {
    const { study, mr, first, second, own } = await newStudy();
    await doctor.json('GET', `${studyPath(first)}/metadata`, 200);
    const annotation = annotationKey({ of: study, id: randomUUID() });
    await direct.putItem(annotation);
    await doctor.json('DELETE', instancePath(first), 204);
    await admin.json('DELETE', `${studyPath(first)}?erase=true`, 204);
    await until(async () => (await direct.bucket.firstKey(`dicom/${study}/`)) === undefined);
    await until(async () => (await direct.dicomStore.getStudies([study])).length === 0);
    for (const { sop } of [mr, first, second]) expect(await direct.dicomStore.getStored(sop)).toBeUndefined();
    await doctor.json('POST', `${studyPath(first)}/restore`, 404);
    expect(JSON.stringify(await deletedOf(''))).not.toContain(study);
    await store(second, own);
    expect(await summaryOf(first)).toEqual({ series: 1, instances: 1, modalities: ['CT'] });
    expect(await direct.hasItem(annotation)).toBe(false);
  });

  test('is erased when its time has passed, and cannot be restored from then on', async () => {
    const { first, mr } = await newStudy();
    const at = new Date();
    const path = { study: first.study, series: first.series };
    const { newDicomDeletion } = await import('../../../lib/domain/dicom/dicom-deletion.ts');
    const id = (await import('uuid')).v7();
    await direct.dicomDeletions.delete(newDicomDeletion(path, { by: 'd', at, until: at }, id));
    await doctor.json('POST', `${seriesPath(first)}/restore`, 404);
    // As DynamoDB does for an item whose time to live has passed.
    await direct.dicomDeletions.erase({ id });
    await until(async () => (await objectsOf(first)) === undefined);
    await until(async () => (await direct.dicomStore.getStored(first.sop)) === undefined);
    expect(await summaryOf(mr)).toEqual({ series: 1, instances: 1, modalities: ['MR'] });
  });

  test('is listed with the patient to whom its study was moved, or with those of nobody', async () => {
    const [before, after] = [`P-${randomUUID().toUpperCase()}`, `P-${randomUUID().toUpperCase()}`];
    const { study, first } = await newStudy(before);
    await doctor.json('DELETE', seriesPath(first), 204);
    const move = (patientId: string | null) =>
      doctor.json('POST', `/dicom/studies/${study}/patient`, 200, { patientId, reason: 'x' });
    await move(after);
    await until(async () => (await deletedOf(`patient_id=${after}`)).length === 1);
    expect(await deletedOf(`patient_id=${before}`)).toEqual([]);
    await move(null);
    await until(async () => JSON.stringify(await deletedOf('unassigned=true')).includes(study));
    expect(await deletedOf(`patient_id=${after}`)).toEqual([]);
  });
});

describe('A legal hold on a study', () => {
  test('keeps all of it until an admin releases it', async () => {
    const { study, first } = await newStudy();
    const hold = `/dicom/studies/${study}/legal-hold`;
    await doctor.json('PUT', hold, 403, { reason: 'trial' });
    await admin.json('PUT', hold, 400, { reason: '' });
    expect(await admin.json('PUT', hold, 200, { reason: 'Trial 25-1017' })).toMatchObject({
      id: study,
      legal_hold: { reason: 'Trial 25-1017' },
    });
    for (const path of [instancePath(first), seriesPath(first), studyPath(first)]) {
      const { details } = await doctor.json('DELETE', path, 409);
      expect(details[0]).toContain('Trial 25-1017');
      await admin.json('DELETE', `${path}?erase=true`, 409);
    }
    // More instances may come.
    await store({ ...first, sop: newUid() });
    expect(await summaryOf({ study })).toMatchObject({ instances: 4 });
    await doctor.json('DELETE', hold, 403);
    await admin.json('DELETE', hold, 204);
    await doctor.json('DELETE', studyPath(first), 204);
    await admin.json('PUT', hold, 404, { reason: 'too late' });
  });

  test('is refused while something in the study is deleted, which would expire', async () => {
    const { study, first } = await newStudy();
    const hold = `/dicom/studies/${study}/legal-hold`;
    for (const path of [instancePath(first), seriesPath(first)]) {
      await doctor.json('DELETE', path, 204);
      expect((await admin.json('PUT', hold, 409, { reason: 'trial' })).details[0]).toContain('restore it');
      await doctor.json('POST', `${path}/restore`, 204);
    }
    await admin.json('PUT', hold, 200, { reason: 'trial' });
  });
});

describe('A move of a study', () => {
  test('from one patient to another needs a reason, which the audit log keeps', async () => {
    const { study } = await newStudy();
    const path = `/dicom/studies/${study}/patient`;
    const after = `P-${randomUUID().toUpperCase()}`;
    expect((await doctor.json('POST', path, 400, { patientId: after })).details).toEqual([
      'reason is required to take a study from a patient',
    ]);
    await doctor.json('POST', path, 400, { patientId: after, reason: 'x'.repeat(501) });
    await doctor.json('POST', path, 200, { patientId: after, reason: 'scanned under another number' });
    const { assignment } = (await direct.dicomStore.getStudy(study)) ?? {};
    expect(assignment).toMatchObject({ from: PATIENT_1, reason: 'scanned under another number' });
    const { events } = await admin.json('GET', `/api/audit?patient_id=${after}`, 200);
    expect(events[0]).toMatchObject({ action: 'assign-study', reason: 'scanned under another number' });
    // Undoing it needs none.
    await doctor.json('POST', path, 200, { patientId: PATIENT_1 });
  });

  test('by hand adds the patient to the directory if the files have the number, and else nothing', async () => {
    const [named, other] = [`P-${randomUUID().toUpperCase()}`, `P-${randomUUID().toUpperCase()}`];
    const elements: FixtureElement[] = [
      ['00100010', 'PN', 'Yamada^Tarou'],
      ['00100020', 'LO', named.toLowerCase()],
      ['00100021', 'LO', 'ANOTHER HOSPITAL'],
    ];
    const [first, second] = [newUids(), newUids()];
    for (const uids of [first, second]) await store(uids, elements);
    await staff.json('POST', `/dicom/studies/${second.study}/patient`, 200, { patientId: other });
    await staff.json('GET', `/api/patients/${other}`, 404);
    await staff.json('POST', `/dicom/studies/${first.study}/patient`, 200, { patientId: named });
    expect((await staff.json('GET', `/api/patients/${named}`, 200)).name.alphabetic).toBe('Yamada^Tarou');
  });
});
