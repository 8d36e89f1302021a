import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { keysIn } from '../../../lib/data/dynamodb/batch-requests.ts';
import {
  annotationCountKey,
  annotationKey,
  annotationsOf,
  annotationVersionKey,
} from '../../../lib/data/keys.ts';
import type { Place } from '../../../lib/domain/annotations/annotation.ts';
import { newAnnotation } from '../../../lib/domain/annotations/annotation-rules.ts';
import { patientManifest } from '../../../lib/services/exports/patient-archive.ts';
import { dicomForm, newUid, newUids, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../../support/service.ts';

const service = useService();
let direct: Awaited<ReturnType<typeof directAccess>>;
let staff: Client;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  direct = await directAccess(service);
  [staff, doctor, admin] = [await service.as('staff'), await service.as('doctor'), await service.as('admin')];
});

const length = {
  kind: 'length',
  points: [
    [0, 0],
    [3, 4],
  ],
};
const onStudy = (study: string) => `/api/dicom/studies/${study}/annotations`;
const onImage = (image: string) => `/api/images/${image}/annotations`;
const onBatch = (batch: string) => `/api/batches/${batch}/annotations`;
const textsOf = async (path: string, client = doctor): Promise<string[]> =>
  (await client.json('GET', path, 200)).annotations.map(({ text }: { text: string }) => text);
const keysOf = (of: string) => keysIn(direct.table, annotationsOf(of));

async function store(patient: string, given: Partial<Uids> = {}): Promise<Uids> {
  const uids = newUids(given);
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids, [['00100020', 'LO', patient]])));
  return uids;
}
const on = ({ series, sop }: Uids) => ({ series, instance: sop });

async function imageOf(patient: string) {
  const batch = await createBatch(doctor, patient);
  const [image = ''] = await upload(doctor, batch, [await photo()]);
  await decided(doctor, image);
  return { batch, image };
}

describe('A DICOM study', () => {
  test('has annotations of frames and notes of its own, and its patient reads them', async () => {
    const uids = await store(PATIENT_1);
    const { study } = uids;
    const made = await staff.json('POST', onStudy(study), 201, { ...on(uids), frame: 1, shape: length });
    expect(made).toMatchObject({ study, ...on(uids), frame: 1, version: 1, shape: length });
    expect(made).not.toHaveProperty('page');
    const note = await doctor.json('POST', onStudy(study), 201, { text: 'Compare with May' });
    expect(note).not.toHaveProperty('frame');
    const { annotations } = await (await service.as('patient-1')).json('GET', onStudy(study), 200);
    expect(annotations).toEqual([made, note]);
    await (await service.as('patient-2')).json('GET', onStudy(study), 404);
    const path = `${onStudy(study)}/${made.id}`;
    expect(await staff.json('PUT', path, 200, { shape: length, text: 'x', version: 1 })).toMatchObject({
      ...{ ...on(uids), frame: 1, version: 2 },
    });
    await doctor.json('DELETE', path, 403);
    await staff.json('DELETE', path, 204);
    expect((await staff.json('GET', `${path}/versions`, 200)).versions).toHaveLength(3);
  });

  test('refuses what is not of it', async () => {
    const uids = await store(PATIENT_1);
    const refused = async (body: object, status = 400) =>
      (await doctor.json('POST', onStudy(uids.study), status, body)).details;
    expect(await refused({ ...on(uids), frame: 2, shape: length })).toEqual([
      'frame must be at most 1; received 2',
    ]);
    expect(await refused({ shape: length })).toEqual([
      'shape must be null: a batch or a study has notes only',
    ]);
    expect(await refused({ ...on(uids), shape: { ...length, kind: 'calibration', millimetres: 5 } })).toEqual(
      ['shape.kind calibration is for images only'],
    );
    expect(await refused({ text: 'x', page: 1 })).toEqual(['page is for images only']);
    await refused({ series: uids.series, instance: newUid(), shape: length }, 404);
    const other = await store(PATIENT_1);
    await refused({ ...on(other), shape: length }, 404);
    await doctor.json('POST', onStudy(newUid()), 404, { text: 'x' });
  });

  test('keeps them in the trash and when it moves, and loses them when it is erased', async () => {
    const patient = newPatient();
    const first = await store(patient);
    const { study } = first;
    const second = await store(patient, { study, series: first.series });
    const write = (uids: Uids, text: string) =>
      doctor.json('POST', onStudy(study), 201, { ...on(uids), shape: length, text });
    const gone = await write(first, 'first');
    await write(second, 'second');
    await doctor.json('POST', onStudy(study), 201, { text: 'study' });
    const instance = `/dicom-web/studies/${study}/series/${first.series}/instances/${first.sop}`;

    await doctor.json('DELETE', instance, 204);
    expect(await textsOf(onStudy(study))).toEqual(['second', 'study']);
    await doctor.json('PUT', `${onStudy(study)}/${gone.id}`, 404, { text: 'x', version: 1 });
    await doctor.json('GET', `${onStudy(study)}/${gone.id}/versions`, 404);
    await doctor.json('POST', `${instance}/restore`, 204);
    expect(await textsOf(onStudy(study))).toEqual(['first', 'second', 'study']);

    const assign = { patientId: PATIENT_2, reason: 'x' };
    await doctor.json('POST', `/dicom/studies/${study}/patient`, 200, assign);
    expect(await textsOf(onStudy(study), await service.as('patient-2'))).toEqual([
      'first',
      'second',
      'study',
    ]);

    await admin.json('DELETE', `${instance}?erase=true`, 204);
    const ofFirst = [
      annotationKey({ of: study, id: gone.id }),
      annotationVersionKey({ of: study, id: gone.id, version: 1 }),
      annotationCountKey({ of: study, instance: first.sop }),
    ];
    for (const key of ofFirst) await until(async () => !(await direct.hasItem(key)));
    expect(await textsOf(onStudy(study))).toEqual(['second', 'study']);
    await admin.json('DELETE', `/dicom-web/studies/${study}?erase=true`, 204);
    await until(async () => (await keysOf(study)).length === 0);
  });
});

describe('A batch', () => {
  test('has notes, which its patient reads, and no shapes', async () => {
    const batch = await createBatch(doctor, PATIENT_1);
    const note = await doctor.json('POST', onBatch(batch), 201, { text: 'After surgery' });
    expect(note).toMatchObject({ batch, shape: null, text: 'After surgery' });
    await doctor.json('POST', onBatch(batch), 400, { shape: length });
    expect(await textsOf(onBatch(batch), await service.as('patient-1'))).toEqual(['After surgery']);
    await (await service.as('patient-2')).json('GET', onBatch(batch), 404);
    await doctor.json('PUT', `${onBatch(batch)}/${note.id}`, 200, { text: 'Before surgery', version: 1 });
    await doctor.json('POST', onBatch(randomUUID()), 404, { text: 'x' });
  });

  test('keeps them in the trash and when it moves, and loses them when it is erased', async () => {
    const { batch, image } = await imageOf(newPatient());
    const paths = [onBatch(batch), onImage(image)];
    for (const path of paths) await doctor.json('POST', path, 201, { text: path });
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
    for (const path of paths) {
      await doctor.json('GET', path, 404);
      await doctor.json('POST', path, 404, { text: 'x' });
    }
    await doctor.json('POST', `/api/images/batches/${batch}/restore`, 200);
    for (const path of paths) expect(await textsOf(path)).toEqual([path]);
    const to = { patient_id: PATIENT_2, reason: 'x' };
    await doctor.json('POST', `/api/images/batches/${batch}/patient`, 200, to);
    const patient = await service.as('patient-2');
    for (const path of paths) expect(await textsOf(path, patient)).toEqual([path]);
    await admin.json('DELETE', `/api/images/batches/${batch}?erase=true`, 204);
    for (const of of [batch, image]) await until(async () => (await keysOf(of)).length === 0);
  });
});

describe('Of everything of a patient', () => {
  test('annotations and notes are in the archive, as they are now, and are erased', async () => {
    const patient = newPatient();
    const { batch, image } = await imageOf(patient);
    const uids = await store(patient);
    const { study } = uids;
    const gone = await store(patient, { study, series: uids.series });
    const note = await doctor.json('POST', onImage(image), 201, { text: 'Old' });
    await doctor.json('PUT', `${onImage(image)}/${note.id}`, 200, { text: 'image', version: 1 });
    await doctor.json('POST', onBatch(batch), 201, { text: 'batch' });
    await doctor.json('POST', onStudy(study), 201, { text: 'study' });
    await doctor.json('POST', onStudy(study), 201, { ...on(uids), shape: length, text: 'frame' });
    await doctor.json('POST', onStudy(study), 201, { ...on(gone), shape: length, text: 'in the trash' });
    const removed = await doctor.json('POST', onImage(image), 201, { text: 'removed' });
    await doctor.json('DELETE', `${onImage(image)}/${removed.id}`, 204);
    const instance = `/dicom-web/studies/${study}/series/${gone.series}/instances/${gone.sop}`;
    await doctor.json('DELETE', instance, 204);

    const known = await until(async () => {
      const { entries } = await patientManifest(patient, undefined, direct);
      const { images, annotations } = JSON.parse(entries[0]?.text ?? '');
      return images.length === 1 && annotations.length === 4 && { images, annotations };
    });
    const texts = known.annotations.map(({ text }: { text: string }) => text);
    expect(texts.sort()).toEqual(['batch', 'frame', 'image', 'study']);
    const ofImage = known.annotations.find((each: { image?: string }) => each.image === image);
    expect(ofImage).toMatchObject({ text: 'image', version: 2 });
    expect(known.images[0].annotated_at).toBeDefined();

    const body = { confirm: patient, reason: 'Asked for by the patient' };
    const { id } = await admin.json('POST', `/api/patients/${patient}/erasure`, 202, body);
    await until(async () => (await admin.json('GET', `/api/erasures/${id}`, 200)).ended_at !== null, 60);
    for (const of of [image, batch, study]) expect(await keysOf(of), of).toEqual([]);
  });
});

describe('What is annotated while it is deleted', () => {
  /** Writes a note on a place as it was read before its deletion. */
  const writeLate = async (place: Place, of: string, position = {}) => {
    const caller = { role: 'doctor', subject: 'd', name: undefined } as const;
    const content = { shape: null, text: 'Late', link: null };
    const late = newAnnotation({ place, of }, position, content, caller, randomUUID(), new Date());
    expect(await direct.annotations.create(late)).toBeUndefined();
    expect(await direct.hasItem(annotationVersionKey(late))).toBe(false);
    expect(await direct.hasItem(annotationCountKey(late))).toBe(false);
  };

  test('an image or a batch: nothing is stored, whether it is in the trash or erased', async () => {
    const { batch, image } = await imageOf(PATIENT_1);
    await doctor.json('DELETE', `/api/images/${image}`, 204);
    await writeLate('image', image);
    await admin.json('DELETE', `/api/images/${image}?erase=true`, 204);
    await writeLate('image', image);
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
    await writeLate('batch', batch);
    await admin.json('DELETE', `/api/images/batches/${batch}?erase=true`, 204);
    await writeLate('batch', batch);
  });

  test('a study, a series or an instance: nothing is stored', async () => {
    const uids = await store(PATIENT_1);
    const study = `/dicom-web/studies/${uids.study}`;
    const series = `${study}/series/${uids.series}`;
    for (const path of [`${series}/instances/${uids.sop}`, series, study]) {
      await doctor.json('DELETE', path, 204);
      await writeLate('study', uids.study, on(uids));
      await doctor.json('POST', `${path}/restore`, 204);
    }
    await doctor.json('DELETE', study, 204);
    await writeLate('study', uids.study);
  });

  test('an attempt to write it again after it was removed does not bring it back', async () => {
    const { image } = await imageOf(PATIENT_1);
    const { id } = await doctor.json('POST', onImage(image), 201, { text: 'x' });
    const first = await direct.annotations.get(image, id);
    if (!first) throw new Error('the annotation does not exist');
    expect(await direct.annotations.create(first)).toEqual(first);
    await doctor.json('DELETE', `${onImage(image)}/${id}`, 204);
    expect(await direct.annotations.create(first)).toBeUndefined();
    expect(await textsOf(onImage(image))).toEqual([]);
  });

  test('a change or a removal that comes later changes nothing', async () => {
    const { image } = await imageOf(PATIENT_1);
    const { id } = await doctor.json('POST', onImage(image), 201, { text: 'x' });
    const known = await direct.annotations.get(image, id);
    if (!known) throw new Error('the annotation does not exist');
    await doctor.json('DELETE', `/api/images/${image}`, 204);
    const next = { ...known, version: 2 };
    expect(await direct.annotations.change(next)).toBe(false);
    expect(await direct.annotations.remove(next)).toBe(false);
    expect(await direct.annotations.get(image, id)).toEqual(known);
    expect(await direct.hasItem(annotationVersionKey(next))).toBe(false);
  });
});
