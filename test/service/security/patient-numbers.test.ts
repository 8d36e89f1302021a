import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../../fixtures/dicoms.ts';
import { photo } from '../../fixtures/photos.ts';
import { listenWith } from '../../support/listener.ts';
import { newPatient } from '../../support/people.ts';
import { type Client, createBatch, decided, formOf, upload, useService } from '../../support/service.ts';

const service = useService();
/** The number, and another spelling of it. */
const NORMAL = newPatient();
const WRITTEN = NORMAL.toLowerCase();

let staff: Client;
let admin: Client;
/** The patient, whose token has the number in small letters. */
let owner: Client;
/** Patients whose numbers are alike, but not the same. */
const strangers: Client[] = [];

const claimsOf = (patientId: string) => ({ sub: `patient ${patientId}`, 'custom:patient_id': patientId });
const signedIn = (patientId: string) => service.as('patient-1', claimsOf(patientId));

const store = (client: Client, uids: Uids, patientId: string, ...elements: FixtureElement[]) =>
  client.send('POST', '/dicom/upload', dicomForm(slice(uids, [['00100020', 'LO', patientId], ...elements])));
const elsewhere: FixtureElement = ['00100021', 'LO', 'ANOTHER HOSPITAL'];

beforeAll(async () => {
  [staff, admin, owner] = await Promise.all([service.as('staff'), service.as('admin'), signedIn(WRITTEN)]);
  for (const alike of [`0${NORMAL}`, `${NORMAL}-`, newPatient()]) strangers.push(await signedIn(alike));
});

/** Nobody but the owner and the clinic gets anything at these paths. */
async function expectHidden(paths: readonly string[], status = 404) {
  for (const stranger of strangers)
    for (const path of paths)
      expect([path, (await stranger.send('GET', path)).status]).toEqual([path, status]);
}

describe('Whoever writes the number of a patient in small letters means the same patient', () => {
  test('in a batch: the patient’s own token, and the clinic’s request', async () => {
    const listener = await listenWith(service, await service.stack.token('patient-1', claimsOf(WRITTEN)));
    const byClinic = await createBatch(staff, NORMAL);
    const byOwner = await createBatch(owner, WRITTEN);
    await listener.waitFor(({ batch }) => batch?.id === byClinic);
    const [image = ''] = await upload(owner, byClinic, [await photo()]);
    await decided(owner, image);
    for (const number of [NORMAL, WRITTEN, encodeURIComponent(` ${WRITTEN} `)]) {
      for (const client of [owner, staff]) {
        const { batches } = await client.json('GET', `/api/images/batches?patient_id=${number}`, 200);
        expect(batches.map(({ id }: { id: string }) => id)).toEqual([byOwner, byClinic]);
        expect(batches.map(({ object_id }: { object_id: string }) => object_id)).toEqual([NORMAL, NORMAL]);
        const { images } = await client.json('GET', `/api/images?patient_id=${number}`, 200);
        expect(images.map(({ id }: { id: string }) => id)).toEqual([image]);
        const summary = await client.json('GET', `/api/patients/${number}/image-summary`, 200);
        expect(summary).toEqual({ batches: 2, images: 1 });
      }
    }
    for (const number of [NORMAL, WRITTEN]) {
      const { images } = await owner.json('GET', `/api/v2/images/patient/${number}`, 200);
      expect(images.map(({ id }: { id: string }) => id)).toEqual([image]);
    }
    await expectHidden([
      `/api/images/${image}`,
      `/api/images/${image}/data`,
      `/api/images/batches?patient_id=${WRITTEN}`,
      `/api/images?patient_id=${NORMAL}`,
      `/api/patients/${WRITTEN}/image-summary`,
      `/api/v2/images/patient/${WRITTEN}`,
    ]);
  });

  test('in a case: the fields of a form', async () => {
    const caseId = `c-${randomUUID()}`;
    const file = await photo();
    const ofClinic = formOf({ caseId, patientId: WRITTEN }, { file: [file] });
    const made = await staff.json('POST', '/api/v1/images/upload', 201, ofClinic);
    expect(made).toMatchObject({ patientId: NORMAL, caseId });
    const another = formOf({ caseId, patientId: NORMAL }, { file: [await photo()] });
    await staff.json('POST', '/api/v1/images/upload', 201, another);
    await decided(owner, made.id);
    const { cases } = await owner.json('GET', `/api/v1/images/cases?patientId=${WRITTEN}`, 200);
    expect(cases).toMatchObject([{ id: caseId, patientId: NORMAL }]);
    await expectHidden([`/api/images/${made.id}`, `/api/v1/images/cases?patientId=${WRITTEN}`]);
  });

  test('in a DICOM file: its Patient ID, and a search by it', async () => {
    const [small, capitals] = [newUids(), newUids()];
    expect((await store(staff, small, WRITTEN)).status).toBe(201);
    expect((await store(owner, newUids({ study: small.study }), NORMAL)).status).toBe(201);
    expect((await store(owner, capitals, ` ${WRITTEN} `)).status).toBe(201);
    for (const number of [NORMAL, WRITTEN, `${WRITTEN.slice(0, -1)}*`]) {
      for (const client of [owner, staff]) {
        const found = await client.json('GET', `/dicom-web/studies?PatientID=${number}`, 200);
        const studies = found.map((study: Record<string, { Value: string[] }>) => [
          study['0020000D']?.Value[0],
          study['00100020']?.Value[0],
          study['00100021'],
        ]);
        expect(studies.sort()).toEqual(
          [small, capitals].map(({ study }) => [study, NORMAL, undefined]).sort(),
        );
      }
    }
    // The file itself stays as it came.
    const [metadata] = await owner.json(
      'GET',
      `/dicom-web/studies/${small.study}/series/${small.series}/metadata`,
      200,
    );
    expect(metadata['00100020'].Value).toEqual([WRITTEN]);
    expect(await owner.json('GET', `/dicom-web/studies/${small.study}/instances`, 200)).toHaveLength(2);
    await expectHidden([`/dicom/wado/${small.sop}`, `/dicom-web/studies/${small.study}/metadata`]);
    await expectHidden([`/dicom-web/studies?PatientID=${WRITTEN}`], 204);
  });

  test('in a study that was assigned by hand: later files follow it, in each spelling', async () => {
    const foreign = newPatient();
    const uids = newUids();
    expect((await store(staff, uids, foreign.toLowerCase(), elsewhere)).status).toBe(201);
    const path = `/dicom/studies/${uids.study}/patient`;
    expect(await staff.json('POST', path, 200, { patientId: WRITTEN })).toMatchObject({ patientId: NORMAL });
    const late = newUids({ study: uids.study });
    expect((await store(staff, late, foreign, elsewhere)).status).toBe(201);
    expect(await owner.json('GET', `/dicom-web/studies/${uids.study}/instances`, 200)).toHaveLength(2);
  });

  test('in the audit log, which is asked in either spelling', async () => {
    const batch = await createBatch(staff, WRITTEN);
    for (const number of [NORMAL, WRITTEN]) {
      const { events } = await admin.json('GET', `/api/audit?patient_id=${number}&limit=200`, 200);
      const event = events.find(({ things }: { things: string[] }) => things.includes(`batch ${batch}`));
      expect(event).toMatchObject({ action: 'create-batch', patient_ids: [NORMAL] });
    }
  });
});
