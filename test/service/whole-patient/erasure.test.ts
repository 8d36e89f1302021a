import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { allKeysOf, dicomJsonKey, dicomKey } from '../../../lib/storage/object-keys.ts';
import { dicomForm, longComment, newUid, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photos } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { newPatient } from '../../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../../support/service.ts';

const service = useService();
let admin: Client;
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  [admin, doctor, direct] = await Promise.all([
    service.as('admin'),
    service.as('doctor'),
    directAccess(service),
  ]);
});

const photoPair = async () => (await photos(2)) as [Photo, Photo];
type Photo = Awaited<ReturnType<typeof photos>>[number];

async function sendToCase(
  patient: string,
  { name: fileName, type: mimeType, bytes }: Photo,
): Promise<string> {
  const { imageId, uploadUrl, headers } = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
    fileName,
    mimeType,
    fileSize: bytes.length,
    caseId: `C-${randomUUID()}`,
    patientId: patient,
  });
  expect((await fetch(uploadUrl, { method: 'PUT', headers, body: bytes })).ok).toBe(true);
  return imageId;
}

const sendSlice = async (patient: string, study = newUid()) => {
  const uids = newUids({ study });
  await doctor.json(
    'POST',
    '/dicom/upload',
    201,
    dicomForm(slice(uids, [['00100020', 'LO', patient], longComment()])),
  );
  return uids;
};

/** A patient with everything: shown, deleted and pending, in batches and cases, with studies, an exam and an entry. */
async function wholePatient() {
  const patient = newPatient();
  await doctor.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: 'Erased^Erna' } });
  const [one, two] = await photoPair();
  const [kept, trashed] = [await createBatch(doctor, patient), await createBatch(doctor, patient)];
  const images = [
    ...(await upload(doctor, kept, [one, two])),
    ...(await upload(doctor, trashed, [one])),
    await sendToCase(patient, two),
  ];
  for (const id of images) expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  const files = [{ name: 'never-sent.jpg', size: 10, type: 'image/jpeg' }];
  const { uploads } = await doctor.json('POST', `/api/images/batches/${kept}/upload-urls`, 201, { files });
  await doctor.json('DELETE', `/api/images/${images[1]}`, 204);
  await doctor.json('DELETE', `/api/images/batches/${trashed}`, 204);
  const [shown, gone] = [await sendSlice(patient), await sendSlice(patient)];
  const alsoGone = await sendSlice(patient, shown.study);
  await doctor.json('POST', '/examens-medicaux/images', 201, {
    examenID: randomUUID(),
    studyInstanceUID: shown.study,
    seriesInstanceUID: shown.series,
    sopInstanceUID: shown.sop,
    dateAcquisition: '2025-06-01T00:00:00.000Z',
    modalite: 'CT',
    description: 'Chest',
  });
  await doctor.json('DELETE', `/dicom-web/studies/${gone.study}`, 204);
  await doctor.json(
    'DELETE',
    `/dicom-web/studies/${shown.study}/series/${alsoGone.series}/instances/${alsoGone.sop}`,
    204,
  );
  const sops = [shown, gone, alsoGone].map(({ sop }) => sop);
  const instances = await Promise.all(sops.map((sop) => direct.dicomStore.getStored(sop)));
  const dicomKeys = instances.flatMap((each) => (each ? [dicomKey(each), dicomJsonKey(each)] : []));
  expect(dicomKeys).toHaveLength(6);
  const ids = [...images, uploads[0].id as string];
  const objects = [...ids.flatMap((id) => allKeysOf({ id })), ...dicomKeys];
  return { patient, ids, batches: [kept, trashed], study: shown.study, sops, objects, hashes: instances };
}

const order = (patient: string, status = 202, confirm = patient) =>
  admin.json('POST', `/api/patients/${patient}/erasure`, status, {
    confirm,
    reason: 'Asked for by the patient',
  });

const ended = (id: string) =>
  until(async () => {
    const certificate = await admin.json('GET', `/api/erasures/${id}`, 200);
    return certificate.ended_at !== null && certificate;
  }, 60);

const existing = async (objects: readonly string[]) =>
  (await Promise.all(objects.map(async (key) => ((await direct.bucket.head(key)) ? [key] : [])))).flat();

describe('The erasure of a patient', () => {
  test('leaves nothing in the table and in the bucket, and the events of the audit log', async () => {
    const { patient, ids, batches, study, sops, objects } = await wholePatient();
    const { id, ...ordered } = await order(patient);
    expect(ordered).toMatchObject({
      patient_id: patient,
      reason: 'Asked for by the patient',
      erased: { directory_entry: true, batches: 2, cases: 1, images: 5, studies: 2, instances: 3 },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const certificate = await ended(id);
    expect(certificate).toMatchObject({ status: 'done', erased: ordered.erased, sha256: ordered.sha256 });
    expect(await existing(objects)).toEqual([]);
    for (const image of ids) await admin.json('GET', `/api/images/${image}`, 404);
    for (const batch of batches) await admin.json('GET', `/api/images/batches/${batch}`, 404);
    for (const sop of sops) expect(await direct.dicomStore.getStored(sop)).toBeUndefined();
    expect(await direct.dicomStore.getStudies([study])).toEqual([]);
    await admin.json('GET', `/api/patients/${patient}`, 404);
    expect(await admin.json('GET', `/api/patients/${patient}/deleted`, 200)).toMatchObject({
      batches: [],
      images: [],
    });
    expect((await admin.json('GET', `/dicom/deleted?patient_id=${patient}`, 200)).deleted).toEqual([]);
    expect(await direct.patientInventories.of(patient)).toEqual({
      directoryEntry: false,
      batches: [],
      cases: [],
      images: [],
      studies: [],
    });
    const { events } = await admin.json('GET', `/api/audit?patient_id=${patient}&limit=200`, 200);
    const actions = events.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(['put-patient', 'create-batch', 'erase-patient']));
    expect(events.find(({ action }: { action: string }) => action === 'erase-patient')).toMatchObject({
      reason: 'Asked for by the patient',
      outcome: 'success',
    });
    // The same number may come again: nothing of the old erasure touches it.
    await doctor.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: 'New^N' } });
    const again = await admin.json('GET', `/api/erasures?patient_id=${patient}`, 200);
    expect(again.erasures.map((each: { id: string }) => each.id)).toEqual([id]);
  });

  test('has a certificate without health data, whose hash follows from the files', async () => {
    const patient = newPatient();
    const [one] = await photoPair();
    const [image = ''] = await upload(doctor, await createBatch(doctor, patient, 'Foot ulcer'), [one]);
    await decided(doctor, image);
    await doctor.json('PATCH', `/api/images/${image}`, 200, { caption: 'Ulcer', category: 'posterior' });
    const { sop } = await sendSlice(patient);
    const { crc32 = '' } = (await direct.images.get(image)) ?? {};
    const { sha256 = '' } = (await direct.dicomStore.getStored(sop)) ?? {};
    const certificate = await ended((await order(patient)).id);
    expect(JSON.stringify(certificate)).not.toMatch(/ulcer|posterior|photo-|A-17/i);
    const lines = [`${Buffer.from(crc32, 'base64').toString('hex')} ${one.bytes.length}\n`, `${sha256}\n`];
    const sum = createHash('sha256').update(lines.sort().join('')).digest('hex');
    expect(certificate.sha256).toBe(sum);
  });

  test('touches nothing of other patients', async () => {
    const [patient, other] = [await wholePatient(), await wholePatient()];
    const before = await existing(other.objects);
    await ended((await order(patient.patient)).id);
    expect(await existing(other.objects)).toEqual(before);
    expect(before.length).toBeGreaterThan(10);
    expect(await direct.patientInventories.of(other.patient)).toMatchObject({ directoryEntry: true });
    await admin.json('GET', `/api/images/${other.ids[0]}`, 200);
  });

  test('is one, also if it is ordered again while it runs, and of nobody is refused', async () => {
    const { patient } = await wholePatient();
    const first = await order(patient);
    const body = { confirm: patient, reason: 'Again' };
    const again = await admin.send('POST', `/api/patients/${patient}/erasure`, body);
    // It runs still, or is done already.
    expect([202, 404]).toContain(again.status);
    if (again.status === 202) expect(await again.json()).toMatchObject({ id: first.id });
    expect(await ended(first.id)).toMatchObject({ status: 'done' });
    await order(patient, 404);
  });

  test('needs the number of the patient once more', async () => {
    const { patient, ids } = await wholePatient();
    await order(patient, 400, newPatient());
    await admin.json('GET', `/api/images/${ids[0]}`, 200);
  });
});

describe('A legal hold', () => {
  const inventory = async (patient: string) => {
    const { batches, images, studies, directoryEntry } = await direct.patientInventories.of(patient);
    return { batches: batches.length, images: images.length, studies: studies.length, directoryEntry };
  };

  test('on one image refuses the erasure with its reason, and nothing is erased', async () => {
    const { patient, ids, objects } = await wholePatient();
    await admin.json('PUT', `/api/images/${ids[0]}/legal-hold`, 200, { reason: 'Asked for by a court' });
    const before = [await inventory(patient), await existing(objects)];
    const { message, details } = await order(patient, 409);
    expect(message).toContain('under a legal hold, so that nothing is erased');
    expect(details).toContain(`the image ${ids[0]}: Asked for by a court`);
    expect([await inventory(patient), await existing(objects)]).toEqual(before);
    await admin.json('DELETE', `/api/images/${ids[0]}/legal-hold`, 204);
    expect(await ended((await order(patient)).id)).toMatchObject({ status: 'done' });
  });

  test('on a study refuses it too', async () => {
    const patient = newPatient();
    const { study } = await sendSlice(patient);
    await admin.json('PUT', `/dicom/studies/${study}/legal-hold`, 200, { reason: 'Trial 25-1017' });
    const before = await inventory(patient);
    expect((await order(patient, 409)).details).toContain(`the study ${study}: Trial 25-1017`);
    expect(await inventory(patient)).toEqual(before);
  });

  test('that begins after the order stops the erasure, and keeps what it covers', async () => {
    const patient = newPatient();
    const [one, two] = await photoPair();
    const [held = '', other = ''] = await upload(doctor, await createBatch(doctor, patient), [one, two]);
    for (const id of [held, other]) await decided(doctor, id);
    await admin.json('PUT', `/api/images/${held}/legal-hold`, 200, { reason: 'Asked for by a court' });
    // As if it had been ordered before.
    const contents = {
      directoryEntry: false,
      batches: 1,
      cases: 0,
      images: 2,
      studies: 0,
      instances: 0,
      bytes: 0,
    };
    const at = new Date().toISOString();
    const order = {
      patientId: patient,
      by: 'a',
      at,
      reason: 'x',
      contents,
      sha256: '',
      status: 'ordered',
    } as const;
    const { id } = await direct.patientErasures.start({ id: direct.newId(), ...order });
    expect(await ended(id)).toMatchObject({ status: 'stopped' });
    expect((await admin.send('GET', `/api/images/${held}/data`)).status).toBe(200);
  });
});
