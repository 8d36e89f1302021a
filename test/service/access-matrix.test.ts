import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../functions/operations.ts';
import { photo } from '../fixtures/photos.ts';
import { type Client, createBatch, decided, formOf, upload, useService } from '../support/service.ts';

/** Who asks. Everything asked for belongs to `patient-1` (P-1001); so `patient-2` stands for every stranger. */
const CALLERS = ['nobody', 'patient-1', 'patient-2', 'staff', 'doctor', 'admin'] as const;
type Statuses = Record<(typeof CALLERS)[number], number>;

interface Things {
  batch: string;
  image: string;
  caseId: string;
  exportId: string;
  exam: { id: string; image: string };
  link: string;
  /** Made for this request alone, so that it may go. */
  newBatch: () => Promise<string>;
  newImage: () => Promise<string>;
  newKey: () => Promise<string>;
}

interface Row {
  path: (things: Things) => string | Promise<string>;
  body?: (things: Things) => unknown;
  answers: Statuses;
}

const everyone = (status: number): Statuses =>
  Object.fromEntries(CALLERS.map((caller) => [caller, status])) as Statuses;
const own = (status: number): Statuses => ({ ...everyone(status), nobody: 401, 'patient-2': 404 });
const deleters: Statuses = { ...own(204), 'patient-1': 403, staff: 403 };
const clinic = (status: number): Statuses => ({ ...own(status), 'patient-1': 404 });
const admins = (status: number): Statuses => ({ ...everyone(403), nobody: 401, admin: status });
const files = [{ name: 'x.jpg', size: 1, type: 'image/jpeg' }];
const caseUpload = { fileName: 'x.jpg', mimeType: 'image/jpeg', fileSize: 1 };

const gif = { name: 'x.gif', type: 'image/gif', bytes: new TextEncoder().encode('GIF89a') };

/** Who may do what: role × operation × ownership. An operation without a row does not compile. */
const MATRIX: Record<(typeof operations)[number]['id'], Row> = {
  'get-health': { path: () => '/health', answers: everyone(200) },
  'get-openapi': { path: () => '/openapi.json', answers: everyone(200) },
  'get-docs': { path: () => '/docs', answers: everyone(200) },
  'get-docs-asset': { path: () => '/docs/start.js', answers: everyone(200) },
  'create-batch': {
    path: () => '/api/images/batches',
    body: () => ({ name: 'x', object_id: 'P-1001' }),
    answers: own(201),
  },
  'list-batches': { path: () => '/api/images/batches?patient_id=P-1001', answers: own(200) },
  'get-batch': { path: ({ batch }) => `/api/images/batches/${batch}`, answers: own(200) },
  'rename-batch': {
    path: ({ batch }) => `/api/images/batches/${batch}`,
    body: () => ({ name: 'y' }),
    answers: own(200),
  },
  'delete-batch': {
    path: async ({ newBatch }) => `/api/images/batches/${await newBatch()}`,
    answers: deleters,
  },
  'create-batch-uploads': {
    path: ({ batch }) => `/api/images/batches/${batch}/upload-urls`,
    body: () => ({ files }),
    answers: own(201),
  },
  'upload-batch-images': {
    path: ({ batch }) => `/api/images/batches/${batch}/upload`,
    body: () => formOf({}, { images: [gif] }),
    answers: own(201),
  },
  'get-image-summary': { path: () => '/api/patients/P-1001/image-summary', answers: own(200) },
  'download-batch': { path: ({ batch }) => `/api/images/batches/${batch}/download`, answers: own(200) },
  'create-export': {
    path: ({ batch }) => `/api/images/batches/${batch}/exports`,
    body: () => ({}),
    answers: own(202),
  },
  'get-export': { path: ({ exportId }) => `/api/exports/${exportId}`, answers: own(200) },
  'list-images': { path: ({ batch }) => `/api/images?batch_id=${batch}`, answers: own(200) },
  'get-image': { path: ({ image }) => `/api/images/${image}`, answers: own(200) },
  'update-image': {
    path: ({ image }) => `/api/images/${image}`,
    body: () => ({ caption: 'x' }),
    answers: own(200),
  },
  // What is another's is named in the answer as not found, as what is not there: see organise.test.ts.
  'update-images': {
    path: () => '/api/images',
    body: ({ image }) => ({ ids: [image], caption: 'x' }),
    answers: { ...everyone(200), nobody: 401 },
  },
  'download-image': { path: ({ image }) => `/api/images/${image}/download`, answers: own(200) },
  'delete-image': { path: async ({ newImage }) => `/api/images/${await newImage()}`, answers: deleters },
  'get-image-data': { path: ({ image }) => `/api/images/${image}/data`, answers: own(200) },
  'get-image-thumbnail': { path: ({ image }) => `/api/images/${image}/thumbnail`, answers: own(200) },
  'create-case-upload': {
    path: () => '/api/v1/images/upload-url',
    body: ({ caseId }) => ({ ...caseUpload, caseId, patientId: 'P-1001' }),
    answers: own(201),
  },
  'get-download-url': { path: ({ image }) => `/api/v1/images/${image}/download-url`, answers: own(200) },
  'proxy-image': { path: ({ image }) => `/api/v1/images/${image}/proxy`, answers: own(200) },
  'upload-case-image': {
    path: () => '/api/v1/images/upload',
    body: ({ caseId }) => formOf({ caseId, patientId: 'P-1001' }, { file: [gif] }),
    answers: own(201),
  },
  'complete-upload': { path: ({ image }) => `/api/v1/images/${image}/complete`, answers: own(202) },
  'delete-case-image': {
    path: async ({ newImage }) => `/api/v1/images/${await newImage()}`,
    answers: deleters,
  },
  'list-case-images': { path: ({ caseId }) => `/api/v1/images/cases/${caseId}`, answers: own(200) },
  'create-record-image': {
    path: () => '/api/v2/images',
    body: () => ({ name: 'x.jpg', size: 1, content_type: 'image/jpeg', patient_id: 'P-1001' }),
    answers: own(201),
  },
  'list-record-images': { path: () => '/api/v2/images/patient/P-1001', answers: own(200) },
  'open-image-link': {
    path: ({ link }) => link,
    answers: everyone(307),
  },
  // An exam is nobody's yet, so that to patients there is none.
  'create-exam-image': {
    path: () => '/examens-medicaux/images',
    body: () => ({
      examenID: randomUUID(),
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      sopInstanceUID: '1.2.3.4.5',
      dateAcquisition: '1996-03-08',
      modalite: 'CT',
      description: '',
    }),
    answers: clinic(201),
  },
  'list-exam-images': { path: ({ exam }) => `/examens-medicaux/${exam.id}/images`, answers: clinic(200) },
  'get-exam-image': { path: ({ exam }) => `/examens-medicaux/images/${exam.image}`, answers: clinic(200) },
  'create-api-key': {
    path: () => '/api/v2/keys',
    body: () => ({ name: 'x', scopes: ['*:read'] }),
    answers: admins(201),
  },
  'list-api-keys': { path: () => '/api/v2/keys', answers: admins(200) },
  'list-audit-events': { path: () => '/api/audit?patient_id=P-1001', answers: admins(200) },
  'revoke-api-key': { path: async ({ newKey }) => `/api/v2/keys/${await newKey()}`, answers: admins(204) },
};

const service = useService();
const clients = new Map<string, Client>();
let things: Things;

beforeAll(async () => {
  for (const caller of CALLERS)
    clients.set(caller, await service.as(caller === 'nobody' ? undefined : caller));
  const patient = clients.get('patient-1') as Client;
  const caseId = `C-${randomUUID()}`;
  const batch = await createBatch(patient);
  const [image = ''] = await upload(patient, batch, [await photo()]);
  await decided(patient, image);
  await patient.json('POST', '/api/v1/images/upload-url', 201, { ...caseUpload, caseId });
  const newImage = async () =>
    (await patient.json('POST', `/api/images/batches/${batch}/upload-urls`, 201, { files })).uploads[0].id;
  const { id: exportId } = await patient.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
  const admin = clients.get('admin') as Client;
  const newKey = async () =>
    (await admin.json('POST', '/api/v2/keys', 201, { name: 'x', scopes: ['*:read'] })).id;
  const { imageID, examenID } = await admin.json(
    'POST',
    '/examens-medicaux/images',
    201,
    MATRIX['create-exam-image'].body?.(things),
  );
  const exam = { id: examenID, image: imageID };
  const { images } = await patient.json('GET', '/api/v2/images/patient/P-1001', 200);
  const link = new URL(images[0].url).pathname;
  things = {
    batch,
    image,
    caseId,
    exportId,
    exam,
    link,
    newBatch: () => createBatch(patient),
    newImage,
    newKey,
  };
});

describe.each(operations.map(({ id, method }) => ({ id, method })))('$id', ({ id, method }) => {
  const { path, body, answers } = MATRIX[id];
  test.each(CALLERS.map((caller) => [caller, answers[caller]] as const))('%s: %i', async (caller, status) => {
    const response = await (clients.get(caller) as Client).send(method, await path(things), body?.(things));
    expect(response.status, await response.text()).toBe(status);
  });
});
