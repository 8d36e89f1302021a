import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, relatedOf, slice } from '../../fixtures/dicom-uploads.ts';
import { photo } from '../../fixtures/photos.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../../support/service.ts';

/** Texts about people, each of which must be in no line of the log. */
const CANARIES = {
  'a person’s name': 'Kanarius',
  'a file name': 'kanarienvogel',
  'a caption': 'Gelbes Gefieder',
  'the name of a batch': 'Vogelbauer',
  'a reason that a person gives': 'Voliere',
  'a note': 'Schwungfeder links',
  'a case': 'K-9731-KANARI',
  'a description of a study': 'Singvogel',
  'an accession number': 'KANARI4711',
};
const [NAME, FILE, CAPTION, BATCH, REASON, NOTE, CASE, STUDY, ACCESSION] = Object.values(CANARIES) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
/** The numbers of patients in all files of these tests: see `people.ts`. */
const PATIENT_NUMBER = /P-\d+-[\dA-F]{8}/;

const service = useService();
const log = () => readFileSync(service.stack.logFile, 'utf8');
let doctor: Client;
let patient2: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
  patient2 = await service.as('patient-2');
});

/** A photograph with the canary in its name. */
const file = async () => ({ ...(await photo()), name: `${FILE}.jpg` });
/** A DICOM file with canaries, of this patient. */
const instance = (patientId: string, uids = newUids()) =>
  slice(uids, [
    ['00100020', 'LO', patientId],
    ['00100010', 'PN', `${NAME}^Karla`],
    ['00081030', 'LO', STUDY],
    ['00080050', 'SH', ACCESSION],
  ]);

describe('The log has ids of what a request is about, and neither numbers nor texts of patients:', () => {
  test('images that are stored, changed, searched, moved, deleted and restored', async () => {
    const batch = await createBatch(doctor, PATIENT_1, BATCH);
    const [id = '', bad = ''] = await upload(doctor, batch, [
      await file(),
      { name: `${FILE}.png`, type: 'image/png', bytes: new TextEncoder().encode(`${NAME} ${PATIENT_1}`) },
    ]);
    expect((await decided(doctor, bad)).status).toBe('rejected');
    await decided(doctor, id);
    await doctor.json('PATCH', `/api/images/${id}/`, 200, { caption: CAPTION });
    await doctor.json('POST', `/api/images/${id}/annotations`, 201, { text: NOTE });
    await doctor.json('POST', `/api/images/${id}/annotations`, 400, { text: NOTE, page: 2 });
    await doctor.json('GET', `/api/images/?patient_id=${PATIENT_1}&q=${FILE}`, 200);
    await doctor.json('POST', `/api/images/${id}/patient`, 200, { patient_id: PATIENT_2, reason: REASON });
    await doctor.json('DELETE', `/api/images/${id}/`, 204);
    await doctor.json('POST', `/api/images/${id}/restore`, 200);
    await doctor.json('POST', '/api/v1/images/upload-url', 201, {
      fileName: `${FILE}.jpg`,
      mimeType: 'image/jpeg',
      fileSize: 1,
      caseId: CASE,
      patientId: PATIENT_1,
    });
    await doctor.json('GET', `/api/v1/images/cases/${CASE}`, 200);
    await until(async () => log().includes('"service":"make-thumbnail"'));
  });

  test('DICOM files that are stored, refused, searched and assigned', async () => {
    const uids = newUids();
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(instance(PATIENT_1, uids)));
    await doctor.json('POST', '/dicom/upload', 409, dicomForm(instance(PATIENT_2, uids)));
    const stored = await doctor.send('POST', '/dicom-web/studies', relatedOf([instance(PATIENT_1)]));
    expect(stored.status).toBe(200);
    await patient2.json('POST', '/dicom/upload', 403, dicomForm(instance(PATIENT_1)));
    const bytes = instance(PATIENT_1);
    const { uploadId, uploadUrl, headers } = await patient2.json('POST', '/dicom/upload-url', 201, {
      fileSize: bytes.length,
    });
    expect((await fetch(uploadUrl, { method: 'PUT', headers, body: bytes })).status).toBe(200);
    const upload = await until(async () => {
      const found = await patient2.json('GET', `/dicom/uploads/${uploadId}`, 200);
      return found.status !== 'pending' && found;
    });
    expect(upload.status).toBe('rejected');
    await doctor.json('GET', `/dicom-web/studies?PatientName=${NAME}*&AccessionNumber=${ACCESSION}`, 200);
    await doctor.json('POST', `/dicom/studies/${uids.study}/patient`, 200, {
      patientId: PATIENT_2,
      reason: REASON,
    });
  });

  test('the directory, and requests that are refused', async () => {
    await doctor.json('PUT', `/api/patients/${PATIENT_1}`, 200, { name: { alphabetic: `${NAME}^Karla` } });
    await doctor.json('GET', `/api/patients?q=${NAME}`, 200);
    await patient2.json('GET', `/api/patients/${PATIENT_1}`, 404);
    await patient2.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 404);
    await doctor.json('GET', `/api/nothing/${PATIENT_1}/${NAME}`, 404);
    await doctor.json('POST', '/api/images/batches/', 400, {
      name: NAME,
      object_id: PATIENT_1,
      colour: CAPTION,
    });
    expect((await doctor.send('POST', '/api/images/batches/', `{"name":"${NAME}`)).status).toBe(400);
  });

  test('none of them is in any line, nor a number of another test’s patient, nor a token', async () => {
    const lines = log().split('\n');
    // Requests and decisions leave lines: an empty log would prove nothing.
    const services = [
      'update-image',
      'move-image',
      'upload-dicom',
      'ingest-dicom',
      'put-patient',
      'make-thumbnail',
    ];
    for (const id of services)
      expect(
        lines.some((line) => line.includes(`"service":"${id}"`)),
        id,
      ).toBe(true);
    for (const [what, canary] of Object.entries(CANARIES))
      expect(
        lines.filter((line) => line.toLowerCase().includes(canary.toLowerCase())),
        what,
      ).toEqual([]);
    expect(lines.filter((line) => PATIENT_NUMBER.test(line))).toEqual([]);
    expect(lines.filter((line) => /\beyJ[\w-]{10,}\.eyJ/.test(line))).toEqual([]);
  });
});
