import { randomUUID } from 'node:crypto';
import type { operations } from '../../../functions/operations.ts';
import { PATIENT } from '../clinic.ts';
import { dicomSlice } from '../dicom/dicom-file.ts';

/** The patient whom images are moved to. */
const OTHER_PATIENT = 'P-1002';

export type OperationId = (typeof operations)[number]['id'];

/** The resources for the calls: a batch and a case, and images to delete. */
export interface CallResources {
  batchId: string;
  /** A ready image of the batch. */
  imageId: string;
  caseId: string;
  /** An export of the batch. */
  exportId: string;
  /** The link of a ready image. */
  imageLink: string;
  exam: { examenID: string; imageID: string };
  /** A pending DICOM file. */
  dicomUpload: string;
  /** The UIDs of a stored DICOM file. */
  study: string;
  series: string;
  instance: string;
  /** The erasure of a patient. */
  erasureId: string;
  /** A new patient of whom there is only the entry in the directory; returns the number. */
  newPatient(): Promise<string>;
  /** An event of the audit log. */
  eventId: string;
  /** A new batch with one ready image. */
  newBatch(): Promise<{ batchId: string; imageId: string }>;
  /** A new case that only a patient has used; returns its number. */
  newPatientCase(): Promise<string>;
  /** The UIDs of a new DICOM file, in a study of its own. */
  newInstance(): Promise<Pick<CallResources, 'study' | 'series' | 'instance'>>;
  /** A new API key; returns its id. */
  newKey(): Promise<string>;
  /** A new annotation of the image; returns its path. */
  newAnnotation(): Promise<string>;
  /** A new person of the user pool; returns the subject. */
  newPerson(): Promise<string>;
}

/** A request over HTTP, as JSON or as a form. */
export interface CallRequest {
  method: string;
  path: string;
  body?: unknown;
}

/** A length between two points. */
export const ANNOTATION = {
  shape: {
    kind: 'length',
    points: [
      [812.5, 1204],
      [1490, 1198.25],
    ],
  },
  text: 'Ulcer',
};

type Sample = (resources: CallResources) => CallRequest | Promise<CallRequest>;

const get =
  (path: (resources: CallResources) => string): Sample =>
  (resources) => ({ method: 'GET', path: path(resources) });

/** A form with a tiny picture: the cost of a call does not depend on its bytes. */
function form(field: string, fields: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append(field, new Blob(['GIF89a']), 'dot.gif');
  return data;
}

/** PS3.5 B.2: a UUID as a decimal number. */
export const newUid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
export const newSlice = () => ({
  sopUid: newUid(),
  seriesUid: newUid(),
  studyUid: newUid(),
  patientId: PATIENT,
});

/** A `multipart/related` body with one DICOM file. */
const related = (slice: ReturnType<typeof newSlice>) =>
  new Blob(['--part\r\ncontent-type: application/dicom\r\n\r\n', dicomSlice(slice), '\r\n--part--'], {
    type: 'multipart/related; type="application/dicom"; boundary=part',
  });

const file = (index: number) => ({ name: `${index}.jpg`, size: 3_000_000, type: 'image/jpeg' });

/** Files in one request for upload URLs. */
export const UPLOADS = 10;

const instancePath = ({ study, series, instance }: Pick<CallResources, 'study' | 'series' | 'instance'>) =>
  `/dicom-web/studies/${study}/series/${series}/instances/${instance}`;

/** A usual request for each operation; an operation without one does not compile. */
export const callSamples: Record<OperationId, Sample> = {
  'get-health': get(() => '/health'),
  'get-readiness': get(() => '/health/ready'),
  'get-status': get(() => '/api/status'),
  'search-all': get(() => `/api/search?q=${PATIENT}`),
  'list-uploads': get(() => `/api/uploads?day=${new Date().toISOString().slice(0, 10)}`),
  'list-audit-events': get(() => `/api/audit?patient_id=${PATIENT}`),
  'get-audit-event': get(({ eventId }) => `/api/audit/${eventId}`),

  'create-batch': () => ({
    method: 'POST',
    path: '/api/images/batches',
    body: { name: 'First visit', content_type: 'patients.patient', object_id: PATIENT },
  }),
  'list-batches': get(() => `/api/images/batches?patient_id=${PATIENT}`),
  'get-batch': get(({ batchId }) => `/api/images/batches/${batchId}`),
  'rename-batch': ({ batchId }) => ({
    method: 'PUT',
    path: `/api/images/batches/${batchId}`,
    body: { name: 'Follow-up' },
  }),
  'delete-batch': async ({ newBatch }) => ({
    method: 'DELETE',
    path: `/api/images/batches/${(await newBatch()).batchId}`,
  }),
  'restore-batch': ({ batchId }) => ({ method: 'POST', path: `/api/images/batches/${batchId}/restore` }),
  'move-batch': async ({ newBatch }) => ({
    method: 'POST',
    path: `/api/images/batches/${(await newBatch()).batchId}/patient`,
    body: { patient_id: OTHER_PATIENT, reason: 'Sent under another number' },
  }),
  'create-batch-uploads': async ({ newBatch }) => ({
    method: 'POST',
    path: `/api/images/batches/${(await newBatch()).batchId}/upload-urls`,
    body: { files: Array.from({ length: UPLOADS }, (_value, index) => file(index)) },
  }),
  'upload-batch-images': async ({ newBatch }) => ({
    method: 'POST',
    path: `/api/images/batches/${(await newBatch()).batchId}/upload`,
    body: form('images'),
  }),
  'download-batch': get(({ batchId }) => `/api/images/batches/${batchId}/download`),
  'create-export': async ({ newBatch }) => ({
    method: 'POST',
    path: `/api/images/batches/${(await newBatch()).batchId}/exports`,
    body: {},
  }),
  'get-export': get(({ exportId }) => `/api/exports/${exportId}`),
  'get-image-summary': get(() => `/api/patients/${PATIENT}/image-summary`),

  'list-patients': get(() => `/api/patients?q=${PATIENT}`),
  'get-patient': get(() => `/api/patients/${PATIENT}`),
  'identify-patient': get(() => `/api/patients/${PATIENT}/identity`),
  'put-patient': () => ({
    method: 'PUT',
    path: `/api/patients/${PATIENT}`,
    body: { name: { alphabetic: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' } },
  }),
  'create-patient-export': () => ({ method: 'POST', path: `/api/patients/${PATIENT}/exports`, body: {} }),
  'erase-patient': async ({ newPatient }) => {
    const confirm = await newPatient();
    const body = { confirm, reason: 'Asked for by the patient' };
    return { method: 'POST', path: `/api/patients/${confirm}/erasure`, body };
  },
  'list-erasures': get(() => '/api/erasures'),
  'get-erasure': get(({ erasureId }) => `/api/erasures/${erasureId}`),

  'list-images': get(({ batchId }) => `/api/images?batch_id=${batchId}`),
  'get-image': get(({ imageId }) => `/api/images/${imageId}`),
  'update-image': ({ imageId }) => ({
    method: 'PATCH',
    path: `/api/images/${imageId}`,
    body: { category: 'posterior', caption: 'Left heel, standing' },
  }),
  'move-image': async ({ newBatch }) => ({
    method: 'POST',
    path: `/api/images/${(await newBatch()).imageId}/patient`,
    body: { patient_id: OTHER_PATIENT, reason: 'Sent under another number' },
  }),
  'hold-image': async ({ newBatch }) => ({
    method: 'PUT',
    path: `/api/images/${(await newBatch()).imageId}/legal-hold`,
    body: { reason: 'Asked for by a court' },
  }),
  'release-image': ({ imageId }) => ({ method: 'DELETE', path: `/api/images/${imageId}/legal-hold` }),
  'update-images': ({ imageId }) => ({
    method: 'PATCH',
    path: '/api/images',
    body: { ids: [imageId], category: 'posterior' },
  }),
  'edit-image': async ({ newBatch }) => ({
    method: 'PUT',
    path: `/api/images/${(await newBatch()).imageId}/edit`,
    body: { steps: { quarterTurns: 1, crop: { left: 0.1, top: 0.1, width: 0.8, height: 0.8 } }, version: 0 },
  }),
  'download-image': get(({ imageId }) => `/api/images/${imageId}/download`),
  'delete-image': async ({ newBatch }) => ({
    method: 'DELETE',
    path: `/api/images/${(await newBatch()).imageId}`,
  }),
  'restore-image': ({ imageId }) => ({ method: 'POST', path: `/api/images/${imageId}/restore` }),
  'list-deleted': get(() => `/api/patients/${PATIENT}/deleted`),
  'get-image-data': get(({ imageId }) => `/api/images/${imageId}/data`),
  'get-image-thumbnail': get(({ imageId }) => `/api/images/${imageId}/thumbnail`),

  'list-annotations': get(({ imageId }) => `/api/images/${imageId}/annotations`),
  'create-annotation': ({ imageId }) => ({
    method: 'POST',
    path: `/api/images/${imageId}/annotations`,
    body: ANNOTATION,
  }),
  'change-annotation': async ({ newAnnotation }) => ({
    method: 'PUT',
    path: await newAnnotation(),
    body: { ...ANNOTATION, text: 'Ulcer, healed', version: 1 },
  }),
  'remove-annotation': async ({ newAnnotation }) => ({ method: 'DELETE', path: await newAnnotation() }),
  'list-annotation-versions': async ({ newAnnotation }) => ({
    method: 'GET',
    path: `${await newAnnotation()}/versions`,
  }),

  'create-case-upload': ({ caseId }) => ({
    method: 'POST',
    path: '/api/v1/images/upload-url',
    body: { fileName: 'fundus.jpg', mimeType: 'image/jpeg', fileSize: 1_834_201, caseId, patientId: PATIENT },
  }),
  'upload-case-image': ({ caseId }) => ({
    method: 'POST',
    path: '/api/v1/images/upload',
    body: form('file', { caseId, patientId: PATIENT }),
  }),
  'complete-upload': ({ imageId }) => ({ method: 'POST', path: `/api/v1/images/${imageId}/complete` }),
  'proxy-image': get(({ imageId }) => `/api/v1/images/${imageId}/proxy`),
  'delete-case-image': async ({ newBatch }) => ({
    method: 'DELETE',
    path: `/api/v1/images/${(await newBatch()).imageId}`,
  }),
  'get-download-url': get(({ imageId }) => `/api/v1/images/${imageId}/download-url`),
  'list-cases': get(() => `/api/v1/images/cases?patientId=${PATIENT}`),
  'list-case-images': get(({ caseId }) => `/api/v1/images/cases/${caseId}`),

  'assign-case': async ({ newPatientCase }) => ({
    method: 'POST',
    path: `/api/v1/images/cases/${await newPatientCase()}/patient`,
    body: { patientId: PATIENT },
  }),

  'create-record-image': () => ({
    method: 'POST',
    path: '/api/v2/images',
    body: { name: 'front.jpg', size: 1_834_201, content_type: 'image/jpeg', patient_id: PATIENT },
  }),
  'list-record-images': get(() => `/api/v2/images/patient/${PATIENT}?limit=20`),
  'open-image-link': get(({ imageLink }) => imageLink),

  'upload-dicom': () => {
    const form = new FormData();
    form.append('file', new Blob([dicomSlice(newSlice())]), 'slice.dcm');
    return { method: 'POST', path: '/dicom/upload', body: form };
  },
  'assign-study': ({ study }) => ({
    method: 'POST',
    path: `/dicom/studies/${study}/patient`,
    body: { patientId: PATIENT },
  }),
  'hold-study': async ({ newInstance }) => ({
    method: 'PUT',
    path: `/dicom/studies/${(await newInstance()).study}/legal-hold`,
    body: { reason: 'Trial 25-1017' },
  }),
  'release-study': ({ study }) => ({ method: 'DELETE', path: `/dicom/studies/${study}/legal-hold` }),
  'list-deleted-dicom': get(() => `/dicom/deleted?patient_id=${PATIENT}`),
  'delete-instances': async ({ newInstance }) => ({
    method: 'DELETE',
    path: instancePath(await newInstance()),
  }),
  'restore-instances': (resources) => ({ method: 'POST', path: `${instancePath(resources)}/restore` }),
  'search-studies': get(() => `/dicom-web/studies?PatientID=${PATIENT}&limit=25`),
  'search-series': get(({ study }) => `/dicom-web/studies/${study}/series`),
  'search-instances': get(({ study, series }) => `/dicom-web/studies/${study}/series/${series}/instances`),
  'retrieve-instances': get(instancePath),
  'get-metadata': get((resources) => `${instancePath(resources)}/metadata`),
  'get-frames': get((resources) => `${instancePath(resources)}/frames/1`),
  'get-bulk-data': get((resources) => `${instancePath(resources)}/bulkdata/7FE00010`),
  'get-rendered-frame': get((resources) => `${instancePath(resources)}/frames/1/rendered`),
  'get-frame-thumbnail': get((resources) => `${instancePath(resources)}/frames/1/thumbnail`),
  'create-dicom-upload': () => ({
    method: 'POST',
    path: '/dicom/upload-url',
    body: { fileName: 'slice-0001.dcm', fileSize: 526_336 },
  }),
  'create-dicom-uploads': () => ({
    method: 'POST',
    path: '/dicom/upload-urls',
    body: { files: Array.from({ length: UPLOADS }, () => ({ fileSize: 526_336 })) },
  }),
  'list-dicom-uploads': get(({ dicomUpload }) => `/dicom/uploads?ids=${dicomUpload}`),
  'get-dicom-upload': get(({ dicomUpload }) => `/dicom/uploads/${dicomUpload}`),
  'store-instances': () => ({ method: 'POST', path: '/dicom-web/studies', body: related(newSlice()) }),
  'store-study-instances': () => {
    const slice = newSlice();
    return { method: 'POST', path: `/dicom-web/studies/${slice.studyUid}`, body: related(slice) };
  },
  'get-dicom': get(({ instance }) => `/dicom/wado/${instance}`),

  'create-exam-image': () => ({
    method: 'POST',
    path: '/examens-medicaux/images',
    body: {
      examenID: randomUUID(),
      studyInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.2.31',
      seriesInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.1.31',
      sopInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
      dateAcquisition: '1996-03-08T00:00:00.000Z',
      modalite: 'CT',
      description: 'Chest CT scan',
    },
  }),
  'list-exam-images': get(({ exam }) => `/examens-medicaux/${exam.examenID}/images`),
  'get-exam-image': get(({ exam }) => `/examens-medicaux/images/${exam.imageID}`),

  'list-people': get(() => '/api/people?limit=20'),
  'create-person': () => ({
    method: 'POST',
    path: '/api/people',
    body: { email: `${randomUUID()}@clinic.example`, name: 'Dana Doctor', role: 'doctor' },
  }),
  'update-person': async ({ newPerson }) => ({
    method: 'PATCH',
    path: `/api/people/${await newPerson()}`,
    body: { role: 'staff' },
  }),
  'create-api-key': () => ({
    method: 'POST',
    path: '/api/v2/keys',
    body: { name: 'Pharmacy', scopes: ['prescription:read', 'prescription:write'] },
  }),
  'list-api-keys': get(() => '/api/v2/keys?limit=20'),
  'revoke-api-key': async ({ newKey }) => ({ method: 'DELETE', path: `/api/v2/keys/${await newKey()}` }),
};
