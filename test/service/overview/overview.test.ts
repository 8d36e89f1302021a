import { describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import { photo, photos } from '../../fixtures/photos.ts';
import { newPatient, ownClaims, PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { createBatch, decided, formOf, register, until, upload, useService } from '../../support/service.ts';

const service = useService();

interface Row {
  kind: string;
  id: string;
  name: string | null;
  patientId: string;
  images: number;
  pending: number;
  refused: number;
  isMine: boolean;
}

/** Today by the clock of the clinic of the tests, which is in UTC. */
const today = () => new Date().toISOString().slice(0, 10);

describe('The search over everything', () => {
  test('finds a patient by words of the name, a case and a study by their numbers without regard to capitals', async () => {
    const staff = await service.as('staff');
    const patient = newPatient();
    const family = `Ünal${patient.slice(-8)}`;
    await staff.json('PUT', `/api/patients/${patient}`, 200, {
      name: { alphabetic: `${family}^Ayşe`, ideographic: '山田^太郎' },
      birthDate: '1964-05-06',
    });
    const find = async (q: string) => staff.json('GET', `/api/search?q=${encodeURIComponent(q)}`, 200);
    const ids = async (q: string) =>
      (await find(q)).patients.map(({ patientId }: { patientId: string }) => patientId);
    for (const q of [`ayse unal${patient.slice(-8)}`, patient.toLowerCase(), `${family} 6.5.1964`])
      expect(await ids(q), q).toEqual([patient]);
    expect(await ids(`${family} 7.5.1964`)).toEqual([]);

    const caseId = `C-${patient}`;
    const form = formOf({ caseId, patientId: patient }, { file: [await photo()] });
    await decided(staff, (await staff.json('POST', '/api/v1/images/upload', 201, form)).id);
    expect((await find(caseId.toLowerCase())).cases).toEqual([
      { id: caseId, patientId: patient, imageCount: 1 },
    ]);

    const uids = newUids();
    const accession = `AX${patient}`.slice(0, 16);
    await staff.json(
      'POST',
      '/dicom/upload',
      201,
      dicomForm(
        slice(uids, [
          ['00100020', 'LO', patient],
          ['00080050', 'SH', accession],
        ]),
      ),
    );
    for (const q of [accession.toLowerCase(), uids.study])
      expect((await find(q)).studies, q).toEqual([
        expect.objectContaining({
          studyUid: uids.study,
          patientId: patient,
          modalities: ['CT'],
          day: '2025-06-01',
        }),
      ]);
  });

  test('says of a number whether it is new', async () => {
    const staff = await service.as('staff');
    const patient = newPatient();
    const numberOf = async () => (await staff.json('GET', `/api/search?q=${patient}`, 200)).number;
    expect(await numberOf()).toMatchObject({ patientId: patient, isKnown: false });
    const batch = await createBatch(staff, patient);
    expect(await numberOf()).toMatchObject({ isKnown: true, name: null });
    const doctor = await service.as('doctor');
    await doctor.json('DELETE', `/api/images/batches/${batch}`, 204);
    expect(await numberOf()).toMatchObject({ isKnown: false });
    await register(staff, patient, 'Neu');
    expect(await numberOf()).toMatchObject({ isKnown: true, name: { alphabetic: 'Neu' } });
    expect((await staff.json('GET', '/api/search?q=not%20a%20number', 200)).number).toBeNull();
  });

  test('is recorded with the patients that it found, under the name of who searched', async () => {
    const patient = newPatient();
    const staff = await service.as('staff', { ...ownClaims('searcher'), name: 'Sara Searcher' });
    await register(staff, patient);
    await staff.json('GET', `/api/search?q=${patient}`, 200);
    const admin = await service.as('admin');
    const event = await until(async () =>
      (await admin.json('GET', `/api/audit?patient_id=${patient}`, 200)).events.find(
        ({ action }: { action: string }) => action === 'search-all',
      ),
    );
    expect(event).toMatchObject({
      name: 'Sara Searcher',
      role: 'staff',
      things: [`search everything q=${patient}`],
    });
  });
});

test('The identity of a number is for the clinic and for the patient, and for no other patient', async () => {
  const staff = await service.as('staff');
  await staff.json('PUT', `/api/patients/${PATIENT_1}`, 200, {
    name: { alphabetic: 'Patient^Paula' },
    birthDate: '1971-04-02',
    sex: 'F',
  });
  const identity = {
    patientId: PATIENT_1,
    name: { alphabetic: 'Patient^Paula' },
    birthDate: '1971-04-02',
    sex: 'F',
  };
  const own = await service.as('patient-1');
  expect(await own.json('GET', `/api/patients/${PATIENT_1}/identity`, 200)).toEqual({
    ...identity,
    isKnown: true,
  });
  // Byte for byte as of a number that nobody has.
  const other = await service.as('patient-2');
  await other.json('GET', `/api/patients/${PATIENT_1}/identity`, 404);
  await other.json('GET', `/api/patients/${newPatient()}/identity`, 404);
  expect(await other.json('GET', `/api/patients/${PATIENT_2}/identity`, 200)).toMatchObject({ name: null });
});

test('The uploads of a day are listed by batch and person, with what waits and what was refused, and nothing that was deleted', async () => {
  const [doctor, staff] = [await service.as('doctor'), await service.as('staff')];
  const patient = newPatient();
  await register(staff, patient, 'Day');
  const batch = await createBatch(doctor, patient, 'Control');
  const [first = '', second = ''] = await upload(doctor, batch, await photos(2));
  const [liar = ''] = await upload(doctor, batch, [
    { name: 'liar.jpeg', type: 'image/jpeg', bytes: new TextEncoder().encode('no picture') },
  ]);
  await Promise.all([first, second, liar].map((id) => decided(doctor, id)));
  await staff.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, {
    files: [{ name: 'never.jpeg', size: 9, type: 'image/jpeg' }],
  });
  const rows = async (): Promise<Row[]> =>
    (await doctor.json('GET', `/api/uploads?day=${today()}`, 200)).uploads.filter(
      ({ patientId }: Row) => patientId === patient,
    );
  const inBatch = { kind: 'batch', id: batch, name: 'Control', patientName: { alphabetic: 'Day' } };
  await expect
    .poll(rows)
    .toEqual([
      expect.objectContaining({ ...inBatch, images: 1, pending: 1, refused: 0, isMine: false }),
      expect.objectContaining({ ...inBatch, images: 3, pending: 0, refused: 1, isMine: true }),
    ]);
  await doctor.json('DELETE', `/api/images/${first}`, 204);
  await expect.poll(async () => (await rows())[1]?.images).toBe(2);
  await doctor.json('POST', `/api/images/${first}/restore`, 200);
  await expect.poll(async () => (await rows())[1]?.images).toBe(3);
  expect((await doctor.json('GET', '/api/uploads?day=2001-01-01', 200)).uploads).toEqual([]);
});
