import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../functions/operations.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { ListedRecordType } from '../../lib/api/views/record-image.ts';
import { Scope } from '../../lib/domain/access/scope.ts';
import { RecordType } from '../../lib/domain/records/record-type.ts';
import { dicomForm, newUids, relatedOf, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../fixtures/dicoms.ts';
import { photo } from '../fixtures/photos.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, createBatch, decided, formOf, upload, useService } from '../support/service.ts';

/**
 * Persons who call. Every resource in a request belongs to `patient-1` (P-1001); `patient-2` stands for every
 * other patient.
 */
const PEOPLE = ['nobody', 'patient-1', 'patient-2', 'staff', 'doctor', 'admin'] as const;
type Person = (typeof PEOPLE)[number];

/** Other systems, named by the scopes of their keys. */
const SERVICES = {
  'service-all': ['*:read', '*:write'],
  'service-patient-read': ['patient:read'],
  'service-patient-write': ['patient:write'],
  'service-delivery': ['delivery:read', 'delivery:write'],
  'service-batches-read': ['batches:read'],
  'service-batches-write': ['batches:write'],
  'service-dicom-read': ['dicom:read'],
  'service-dicom-store': ['dicom:store'],
} as const satisfies Record<string, readonly Scope[]>;
type Service = keyof typeof SERVICES;

const CALLERS = [...PEOPLE, ...(Object.keys(SERVICES) as Service[]), 'service-revoked'] as const;
type Caller = (typeof CALLERS)[number];

interface Fixtures {
  batch: string;
  /** Made by the clinic. */
  clinicBatch: string;
  image: string;
  caseId: string;
  exportId: string;
  /** Of another patient. */
  erasure: string;
  exam: { id: string; image: string };
  link: string;
  dicomUpload: string;
  eventId: string;
  /** The UIDs of a stored instance. */
  study: string;
  series: string;
  instance: string;
  /** Created for one request, so that the request may delete it. */
  newBatch: () => Promise<string>;
  newImage: () => Promise<string>;
  /** The UIDs of a new DICOM instance, in a study of its own. */
  newInstance: () => Promise<Uids>;
  newKey: () => Promise<string>;
  /** Written by a doctor; the path of it. */
  newAnnotation: () => Promise<string>;
  /** The subject of a new person of the user pool. */
  newPerson: () => Promise<string>;
  newPatientCase: () => Promise<string>;
}

type Declared = (typeof operations)[number];

interface AnyRow {
  path: (fixtures: Fixtures) => string | Promise<string>;
  body?: (fixtures: Fixtures) => unknown;
  /** What each person gets, by the status of a successful answer. */
  people: (success: number) => Record<Person, number>;
  services?: (success: number) => Record<Service, number>;
}

/**
 * One operation. Where services may call it, the row says what each of them gets; everywhere else they get
 * 403.
 */
type Row<Op extends Declared> = AnyRow &
  (Op extends { scopes: readonly Scope[] } ? Required<Pick<AnyRow, 'services'>> : { services?: never });

const anyone = (success: number): Record<Person, number> =>
  Object.fromEntries(PEOPLE.map((person) => [person, success])) as Record<Person, number>;
const known = (success: number) => ({ ...anyone(success), nobody: 401 });
const own = (success: number) => ({ ...known(success), 'patient-2': 404 });
const deleters = (success: number) => ({ ...own(success), 'patient-1': 403, staff: 403 });
const reassigners = (success: number) => ({ ...anyone(403), nobody: 401, doctor: success, admin: success });
const clinic = (success: number) => ({ ...own(success), 'patient-1': 404 });
const clinicOnly = (success: number) => ({
  ...known(success),
  'patient-1': 403,
  'patient-2': 403,
});
const admins = (success: number) => ({ ...anyone(403), nobody: 401, admin: success });
/** What services get: these ones what they may, all others 403. */
const only =
  (...names: Service[]) =>
  (success: number) =>
    Object.fromEntries(
      Object.keys(SERVICES).map((name) => [name, names.includes(name as Service) ? success : 403]),
    ) as Record<Service, number>;
const files = [{ name: 'x.jpg', size: 1, type: 'image/jpeg' }];
const caseUpload = { fileName: 'x.jpg', mimeType: 'image/jpeg', fileSize: 1 };

const gif = { name: 'x.gif', type: 'image/gif', bytes: new TextEncoder().encode('GIF89a') };

const newPersonBody = () => ({ email: `${randomUUID()}@clinic.example`, name: 'x', role: 'staff' });

const instancePath = ({ study, series, instance }: Fixtures) =>
  `/dicom-web/studies/${study}/series/${series}/instances/${instance}`;

/** Access rights: caller × operation × ownership. An operation without a row does not compile. */
const MATRIX: { [Op in Declared as Op['id']]: Row<Op> } = {
  'get-health': { path: () => '/health', people: anyone },
  'get-readiness': { path: () => '/health/ready', people: anyone },
  'get-status': { path: () => '/api/status', people: admins },
  'search-all': {
    path: () => `/api/search?q=${PATIENT_1}`,
    people: (success) => ({ ...known(success), 'patient-1': 403, 'patient-2': 403 }),
  },
  'list-uploads': {
    path: () => '/api/uploads?day=2025-11-06',
    people: (success) => ({ ...known(success), 'patient-1': 403, 'patient-2': 403 }),
  },
  'create-batch': {
    path: () => '/api/images/batches',
    body: () => ({ name: 'x', object_id: PATIENT_1 }),
    people: own,
    services: only('service-batches-write'),
  },
  'list-batches': {
    path: () => `/api/images/batches?patient_id=${PATIENT_1}`,
    people: own,
    services: only('service-batches-read'),
  },
  'get-batch': {
    path: ({ batch }) => `/api/images/batches/${batch}`,
    people: own,
    services: only('service-batches-read'),
  },
  'rename-batch': {
    path: ({ clinicBatch }) => `/api/images/batches/${clinicBatch}`,
    body: () => ({ name: 'y' }),
    // Their own batches they may rename: see organise.test.ts.
    people: (success) => ({ ...own(success), 'patient-1': 403 }),
  },
  'delete-batch': {
    path: async ({ newBatch }) => `/api/images/batches/${await newBatch()}`,
    people: deleters,
  },
  'restore-batch': { path: ({ batch }) => `/api/images/batches/${batch}/restore`, people: deleters },
  'move-batch': {
    path: async ({ newBatch }) => `/api/images/batches/${await newBatch()}/patient`,
    body: () => ({ patient_id: PATIENT_2, reason: 'x' }),
    people: reassigners,
  },
  'create-batch-uploads': {
    path: ({ batch }) => `/api/images/batches/${batch}/upload-urls`,
    body: () => ({ files }),
    people: own,
    services: only('service-batches-write'),
  },
  'upload-batch-images': {
    path: ({ batch }) => `/api/images/batches/${batch}/upload`,
    body: () => formOf({}, { images: [gif] }),
    people: own,
    services: only('service-batches-write'),
  },
  'get-image-summary': {
    path: () => `/api/patients/${PATIENT_1}/image-summary`,
    people: own,
    services: only('service-batches-read'),
  },
  'list-patients': {
    path: () => `/api/patients?q=${PATIENT_1}`,
    people: (success) => ({ ...known(success), 'patient-1': 403, 'patient-2': 403 }),
  },
  'get-patient': { path: () => `/api/patients/${PATIENT_1}`, people: own },
  'identify-patient': { path: () => `/api/patients/${PATIENT_1}/identity`, people: own },
  'put-patient': {
    path: () => `/api/patients/${PATIENT_1}`,
    body: () => ({ name: { alphabetic: 'Patient^Paula' } }),
    people: (success) => ({ ...known(success), 'patient-1': 403, 'patient-2': 403 }),
  },
  'create-patient-export': {
    path: () => `/api/patients/${PATIENT_1}/exports`,
    body: () => ({}),
    people: (success) => ({ ...own(success), staff: 403, doctor: 403 }),
  },
  'erase-patient': {
    path: () => `/api/patients/${PATIENT_1}/erasure`,
    // Another number as confirmation: the other requests need what there is of the patient.
    body: () => ({ confirm: PATIENT_2, reason: 'x' }),
    people: () => ({ ...anyone(403), nobody: 401, admin: 400 }),
  },
  'list-erasures': { path: () => '/api/erasures', people: admins },
  'get-erasure': { path: ({ erasure }) => `/api/erasures/${erasure}`, people: admins },
  'download-batch': {
    path: ({ batch }) => `/api/images/batches/${batch}/download`,
    people: own,
    services: only('service-batches-read'),
  },
  'create-export': {
    path: ({ batch }) => `/api/images/batches/${batch}/exports`,
    body: () => ({}),
    people: own,
    services: only('service-batches-read'),
  },
  'get-export': {
    path: ({ exportId }) => `/api/exports/${exportId}`,
    people: own,
    services: only('service-batches-read'),
  },
  'list-images': { path: ({ batch }) => `/api/images?batch_id=${batch}`, people: own },
  'get-image': { path: ({ image }) => `/api/images/${image}`, people: own },
  'update-image': {
    path: ({ image }) => `/api/images/${image}`,
    body: () => ({ caption: 'x' }),
    people: own,
  },
  // The answer says "not found" for images of another patient, as for images that do not exist: see
  // organise.test.ts.
  'update-images': {
    path: () => '/api/images',
    body: ({ image }) => ({ ids: [image], caption: 'x' }),
    people: known,
  },
  // It refuses the version, so that the other requests find the image as it is.
  'edit-image': {
    path: ({ image }) => `/api/images/${image}/edit`,
    body: () => ({ steps: null, version: 17 }),
    people: () => own(409),
  },
  'download-image': { path: ({ image }) => `/api/images/${image}/download`, people: own },
  'delete-image': { path: async ({ newImage }) => `/api/images/${await newImage()}`, people: deleters },
  'restore-image': { path: ({ image }) => `/api/images/${image}/restore`, people: deleters },
  'move-image': {
    path: ({ image }) => `/api/images/${image}/patient`,
    // It is there already, so that the other requests still find it.
    body: ({ batch }) => ({ patient_id: PATIENT_1, batch, reason: 'x' }),
    people: reassigners,
  },
  'hold-image': {
    path: ({ image }) => `/api/images/${image}/legal-hold`,
    body: () => ({ reason: 'x' }),
    people: admins,
  },
  'release-image': { path: ({ image }) => `/api/images/${image}/legal-hold`, people: admins },
  'list-deleted': { path: () => `/api/patients/${PATIENT_1}/deleted`, people: deleters },
  'get-image-data': { path: ({ image }) => `/api/images/${image}/data`, people: own },
  'get-image-thumbnail': { path: ({ image }) => `/api/images/${image}/thumbnail`, people: own },
  'list-annotations': { path: ({ image }) => `/api/images/${image}/annotations`, people: own },
  'create-annotation': {
    path: ({ image }) => `/api/images/${image}/annotations`,
    body: () => ({ text: 'x' }),
    people: clinicOnly,
  },
  'change-annotation': {
    path: ({ newAnnotation }) => newAnnotation(),
    body: () => ({ text: 'y', version: 1 }),
    people: (success) => ({ ...clinicOnly(success), staff: 403 }),
  },
  'remove-annotation': {
    path: ({ newAnnotation }) => newAnnotation(),
    people: (success) => ({ ...clinicOnly(success), staff: 403 }),
  },
  'list-annotation-versions': {
    path: async ({ newAnnotation }) => `${await newAnnotation()}/versions`,
    people: clinicOnly,
  },
  'create-case-upload': {
    path: () => '/api/v1/images/upload-url',
    body: ({ caseId }) => ({ ...caseUpload, caseId, patientId: PATIENT_1 }),
    people: own,
  },
  'get-download-url': { path: ({ image }) => `/api/v1/images/${image}/download-url`, people: own },
  'proxy-image': { path: ({ image }) => `/api/v1/images/${image}/proxy`, people: own },
  'upload-case-image': {
    path: () => '/api/v1/images/upload',
    body: ({ caseId }) => formOf({ caseId, patientId: PATIENT_1 }, { file: [gif] }),
    people: own,
  },
  'complete-upload': { path: ({ image }) => `/api/v1/images/${image}/complete`, people: own },
  'delete-case-image': {
    path: async ({ newImage }) => `/api/v1/images/${await newImage()}`,
    people: deleters,
  },
  'list-cases': { path: () => `/api/v1/images/cases?patientId=${PATIENT_1}`, people: own },
  'list-case-images': { path: ({ caseId }) => `/api/v1/images/cases/${caseId}`, people: own },
  'assign-case': {
    path: async ({ newPatientCase }) => `/api/v1/images/cases/${await newPatientCase()}/patient`,
    body: () => ({ patientId: PATIENT_1 }),
    people: reassigners,
  },
  'create-record-image': {
    path: () => '/api/v2/images',
    body: () => ({ name: 'x.jpg', size: 1, content_type: 'image/jpeg', patient_id: PATIENT_1 }),
    people: own,
    services: only('service-all', 'service-patient-write'),
  },
  'list-record-images': {
    path: () => `/api/v2/images/patient/${PATIENT_1}`,
    people: own,
    services: only('service-all', 'service-patient-read'),
  },
  'open-image-link': {
    path: ({ link }) => link,
    people: anyone,
  },
  // The file itself names its patient: a patient is told what is wrong with their own file.
  'upload-dicom': {
    path: () => '/dicom/upload',
    body: () => dicomForm(slice(newUids())),
    people: (success) => ({ ...known(success), 'patient-2': 403 }),
  },
  'create-dicom-upload': {
    path: () => '/dicom/upload-url',
    body: () => ({ fileSize: 1 }),
    people: known,
    services: only('service-dicom-store'),
  },
  'create-dicom-uploads': {
    path: () => '/dicom/upload-urls',
    body: () => ({ files: [{ fileSize: 1 }] }),
    people: known,
    services: only('service-dicom-store'),
  },
  // The answer leaves out files of another patient, as files that do not exist: see dicom-by-url.test.ts.
  'list-dicom-uploads': {
    path: ({ dicomUpload }) => `/dicom/uploads?ids=${dicomUpload}`,
    people: known,
    services: only('service-dicom-store'),
  },
  // A service learns of its own uploads only.
  'get-dicom-upload': {
    path: ({ dicomUpload }) => `/dicom/uploads/${dicomUpload}`,
    people: own,
    services: () => only('service-dicom-store')(404),
  },
  // The answer has a result for each file, and is 409 where none was stored.
  'store-instances': {
    path: () => '/dicom-web/studies',
    body: () => relatedOf([slice(newUids())]),
    people: (success) => ({ ...known(success), 'patient-2': 409 }),
    services: only('service-dicom-store'),
  },
  'store-study-instances': {
    path: ({ study }) => `/dicom-web/studies/${study}`,
    body: ({ study }) => relatedOf([slice(newUids({ study }))]),
    people: (success) => ({ ...known(success), 'patient-2': 409 }),
    services: only('service-dicom-store'),
  },
  'get-dicom': {
    path: ({ instance }) => `/dicom/wado/${instance}`,
    people: own,
    services: only('service-dicom-read'),
  },
  'assign-study': {
    path: ({ study }) => `/dicom/studies/${study}/patient`,
    body: () => ({ patientId: PATIENT_1 }),
    people: (success) => ({ ...known(success), 'patient-1': 403, 'patient-2': 403, staff: 403 }),
  },
  'hold-study': {
    path: async ({ newInstance }) => `/dicom/studies/${(await newInstance()).study}/legal-hold`,
    body: () => ({ reason: 'trial' }),
    people: admins,
  },
  'release-study': { path: ({ study }) => `/dicom/studies/${study}/legal-hold`, people: admins },
  'list-deleted-dicom': {
    path: () => `/dicom/deleted?patient_id=${PATIENT_1}`,
    people: (success) => ({ ...admins(success), doctor: success }),
  },
  // A search finds nothing that is another patient's.
  'search-studies': {
    path: ({ study }) => `/dicom-web/studies?StudyInstanceUID=${study}`,
    people: (success) => ({ ...known(success), 'patient-2': 204 }),
    services: only('service-dicom-read'),
  },
  'search-series': {
    path: ({ study }) => `/dicom-web/studies/${study}/series`,
    people: (success) => ({ ...known(success), 'patient-2': 204 }),
    services: only('service-dicom-read'),
  },
  'search-instances': {
    path: ({ study, series }) => `/dicom-web/studies/${study}/series/${series}/instances`,
    people: (success) => ({ ...known(success), 'patient-2': 204 }),
    services: only('service-dicom-read'),
  },
  'retrieve-instances': { path: instancePath, people: own, services: only('service-dicom-read') },
  'get-metadata': {
    path: (fixtures) => `${instancePath(fixtures)}/metadata`,
    people: own,
    services: only('service-dicom-read'),
  },
  'get-frames': {
    path: (fixtures) => `${instancePath(fixtures)}/frames/1`,
    people: own,
    services: only('service-dicom-read'),
  },
  'get-bulk-data': {
    path: (fixtures) => `${instancePath(fixtures)}/bulkdata/7FE00010`,
    people: own,
    services: only('service-dicom-read'),
  },
  'get-rendered-frame': {
    path: (fixtures) => `${instancePath(fixtures)}/frames/1/rendered`,
    people: own,
    services: only('service-dicom-read'),
  },
  'get-frame-thumbnail': {
    path: (fixtures) => `${instancePath(fixtures)}/thumbnail`,
    people: own,
    services: only('service-dicom-read'),
  },
  'delete-instances': {
    path: async ({ newInstance }) => {
      const { study, series, sop } = await newInstance();
      return `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
    },
    people: deleters,
  },
  'restore-instances': { path: (fixtures) => `${instancePath(fixtures)}/restore`, people: deleters },
  // The picture of this exam is not stored, and so it is nobody's: patients see none. See exams.test.ts.
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
    people: clinic,
  },
  'list-exam-images': { path: ({ exam }) => `/examens-medicaux/${exam.id}/images`, people: clinic },
  'get-exam-image': { path: ({ exam }) => `/examens-medicaux/images/${exam.image}`, people: clinic },
  'list-people': { path: () => '/api/people?limit=1', people: admins },
  'create-person': { path: () => '/api/people', body: newPersonBody, people: admins },
  'update-person': {
    path: async ({ newPerson }) => `/api/people/${await newPerson()}`,
    body: () => ({ role: 'doctor' }),
    people: admins,
  },
  'create-api-key': {
    path: () => '/api/v2/keys',
    body: () => ({ name: 'x', scopes: ['*:read'] }),
    people: admins,
  },
  'list-api-keys': { path: () => '/api/v2/keys', people: admins },
  'get-audit-event': { path: ({ eventId }) => `/api/audit/${eventId}`, people: admins },
  'list-audit-events': { path: () => `/api/audit?patient_id=${PATIENT_1}`, people: admins },
  'revoke-api-key': { path: async ({ newKey }) => `/api/v2/keys/${await newKey()}`, people: admins },
};

/** The status that the caller must get. */
function expected(operation: Operation, { people, services }: AnyRow, caller: Caller): number {
  const { status } = operation.success;
  if (PEOPLE.some((person) => person === caller)) return people(status)[caller as Person];
  if (operation.auth === 'public') return status;
  if (caller === 'service-revoked') return 401;
  return services?.(status)[caller as Service] ?? 403;
}

const service = useService();
const clients = new Map<Caller, Client>();
let fixtures: Fixtures;

/** Erases a new patient; returns the id of the certificate. */
async function erasureOf(patient: string, admin: Client): Promise<string> {
  await admin.json('PUT', `/api/patients/${patient}`, 200, { name: { alphabetic: 'Former^F' } });
  const body = { confirm: patient, reason: 'x' };
  return (await admin.json('POST', `/api/patients/${patient}/erasure`, 202, body)).id;
}

/** Makes a key with these scopes. */
async function makeKey(scopes: readonly Scope[]) {
  const admin = clients.get('admin') as Client;
  const { id, key } = await admin.json('POST', '/api/v2/keys', 201, { name: 'x', scopes });
  return { id, client: service.with({ 'x-api-key': key }) };
}

beforeAll(async () => {
  for (const person of PEOPLE)
    clients.set(person, await service.as(person === 'nobody' ? undefined : person));
  const admin = clients.get('admin') as Client;
  for (const [name, scopes] of Object.entries(SERVICES))
    clients.set(name as Service, (await makeKey(scopes)).client);
  const revoked = await makeKey(SERVICES['service-all']);
  await admin.json('DELETE', `/api/v2/keys/${revoked.id}`, 204);
  clients.set('service-revoked', revoked.client);
  const patient = clients.get('patient-1') as Client;
  await admin.json('PUT', `/api/patients/${PATIENT_1}`, 200, MATRIX['put-patient'].body?.(fixtures));
  const caseId = `C-${randomUUID()}`;
  const batch = await createBatch(patient);
  const [image = ''] = await upload(patient, batch, [await photo()]);
  await decided(patient, image);
  await patient.json('POST', '/api/v1/images/upload-url', 201, { ...caseUpload, caseId });
  const newImage = async () =>
    (await patient.json('POST', `/api/images/batches/${batch}/upload-urls`, 201, { files })).uploads[0].id;
  const { id: exportId } = await patient.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
  const newKey = async () => (await makeKey(['*:read'])).id;
  const { imageID, examenID } = await admin.json(
    'POST',
    '/examens-medicaux/images',
    201,
    MATRIX['create-exam-image'].body?.(fixtures),
  );
  const exam = { id: examenID, image: imageID };
  const { images } = await patient.json('GET', `/api/v2/images/patient/${PATIENT_1}`, 200);
  const link = new URL(images[0].url).pathname;
  const newInstance = async () => {
    const uids = newUids();
    await patient.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
    return uids;
  };
  const uids = await newInstance();
  const { uploadId } = await patient.json('POST', '/dicom/upload-url', 201, { fileSize: 1 });
  const { events } = await admin.json('GET', '/api/audit?limit=1', 200);
  fixtures = {
    dicomUpload: uploadId,
    eventId: events[0].id,
    study: uids.study,
    series: uids.series,
    instance: uids.sop,
    batch,
    clinicBatch: await createBatch(admin),
    image,
    caseId,
    exportId,
    erasure: await erasureOf(newPatient(), admin),
    exam,
    link,
    newBatch: () => createBatch(patient),
    newImage,
    newInstance,
    newKey,
    newAnnotation: async () => {
      const path = `/api/images/${image}/annotations`;
      const { id } = await (clients.get('doctor') as Client).json('POST', path, 201, { text: 'x' });
      return `${path}/${id}`;
    },
    newPerson: async () => (await admin.json('POST', '/api/people', 201, newPersonBody())).subject,
    newPatientCase: async () => {
      const caseId = `C-${randomUUID()}`;
      await patient.json('POST', '/api/v1/images/upload-url', 201, { ...caseUpload, caseId });
      return caseId;
    },
  };
});

describe.each(operations.map((operation: Operation & Declared) => ({ id: operation.id, operation })))(
  '$id',
  ({ id, operation }) => {
    const row: AnyRow = MATRIX[id];
    test.each(CALLERS.map((caller) => [caller, expected(operation, row, caller)] as const))(
      '%s: %i',
      async (caller, status) => {
        const { path, body } = row;
        const client = clients.get(caller) as Client;
        const response = await client.send(operation.method, await path(fixtures), body?.(fixtures));
        expect(response.status, await response.text()).toBe(status);
      },
    );
  },
);

describe('A key gives access to the records of its scopes only', () => {
  const record = `R-${randomUUID()}`;
  const create = (client: Client, type: RecordType) =>
    client.send('POST', '/api/v2/images', {
      name: 'x.jpg',
      size: 1,
      content_type: 'image/jpeg',
      [`${type}_id`]: record,
    });
  beforeAll(async () => {
    const { bytes } = await photo();
    const image_data = Buffer.from(bytes).toString('base64');
    const links = Object.fromEntries(ListedRecordType.options.map((type) => [`${type}_id`, record]));
    await clients.get('staff')?.json('POST', '/api/v2/images', 201, { name: 'x.jpg', image_data, ...links });
  });

  test.each(Scope.options)('%s', async (scope) => {
    const { client } = await makeKey([scope]);
    const [kind, access] = scope.split(':');
    const isOpen = (type: string, wanted: string) => access === wanted && (kind === type || kind === '*');
    for (const type of ListedRecordType.options) {
      const { status } = await client.send('GET', `/api/v2/images/${type}/${record}`);
      expect([type, status]).toEqual([type, isOpen(type, 'read') ? 200 : 403]);
    }
    for (const type of RecordType.options) {
      const { status } = await create(client, type);
      expect([type, status]).toEqual([type, isOpen(type, 'write') ? 201 : 403]);
    }
  });
});

describe('The owner of a study decides who may read it, search it and move it', () => {
  const READS = [
    'get-dicom',
    'retrieve-instances',
    'get-metadata',
    'get-frames',
    'get-bulk-data',
    'get-rendered-frame',
    'get-frame-thumbnail',
  ] as const;
  const SEARCHES = ['search-studies', 'search-series', 'search-instances'] as const;
  const PATIENTS = ['patient-1', 'patient-2'] as const;
  const elsewhere: FixtureElement = ['00100021', 'LO', 'ANOTHER HOSPITAL'];

  /** Each kind of study, the one patient who may see it, and whether staff may assign it to a patient. */
  const KINDS: Record<
    string,
    { make: (uids: Uids) => Promise<unknown>; owner?: (typeof PATIENTS)[number]; mayStaffAssign: boolean }
  > = {
    'a study of the clinic': {
      make: (uids) => store('staff', uids),
      owner: 'patient-1',
      mayStaffAssign: false,
    },
    'a study that the patient sent': {
      make: (uids) => store('patient-1', uids),
      owner: 'patient-1',
      mayStaffAssign: false,
    },
    'a study with the same number of another issuer': {
      make: (uids) => store('staff', uids, elsewhere),
      mayStaffAssign: true,
    },
    'a study without a Patient ID': {
      make: (uids) => store('staff', uids, ['00100020', 'LO', '']),
      mayStaffAssign: true,
    },
    'a study that staff assigned': {
      make: async (uids) => {
        await store('staff', uids, elsewhere);
        await assign('staff', uids, PATIENT_2);
      },
      owner: 'patient-2',
      mayStaffAssign: false,
    },
    'a study that a doctor moved': {
      make: async (uids) => {
        await store('patient-1', uids);
        await assign('doctor', uids, PATIENT_2);
      },
      owner: 'patient-2',
      mayStaffAssign: false,
    },
  };
  const store = (person: Person, uids: Uids, ...elements: FixtureElement[]) =>
    (clients.get(person) as Client).json('POST', '/dicom/upload', 201, dicomForm(slice(uids, elements)));
  const assign = (person: Person, { study }: Uids, patientId: string) =>
    (clients.get(person) as Client).json('POST', `/dicom/studies/${study}/patient`, 200, {
      patientId,
      reason: 'x',
    });

  describe.each(Object.entries(KINDS))('%s', (_title, { make, owner, mayStaffAssign }) => {
    const uids = newUids();
    const asked = () => ({ ...fixtures, ...uids, instance: uids.sop });
    beforeAll(() => make(uids));

    const rows = [...READS, ...SEARCHES].flatMap((id) =>
      (['nobody', ...PATIENTS, 'staff', 'doctor', 'admin', 'service-all'] as const).map(
        (caller) => [id, caller] as const,
      ),
    );
    test.each(rows)('%s: %s', async (id, caller) => {
      const isHidden = PATIENTS.some((patient) => patient === caller) && caller !== owner;
      const hidden = SEARCHES.some((search) => search === id) ? 204 : 404;
      const expectedStatus =
        caller === 'nobody' ? 401 : caller === 'service-all' ? 403 : isHidden ? hidden : 200;
      const { path } = MATRIX[id] as AnyRow;
      const response = await (clients.get(caller) as Client).send('GET', await path(asked()));
      expect(response.status, await response.text()).toBe(expectedStatus);
    });

    test('staff may move it only if it has no owner, patients never', async () => {
      const path = `/dicom/studies/${uids.study}/patient`;
      for (const patient of PATIENTS)
        expect((await clients.get(patient)?.send('POST', path, { patientId: PATIENT_2 }))?.status).toBe(403);
      const byStaff = await clients.get('staff')?.send('POST', path, { patientId: `${PATIENT_1}-3` });
      expect(byStaff?.status).toBe(mayStaffAssign ? 200 : 403);
    });
  });
});
