import { beforeAll, describe, expect, test } from 'vitest';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, decided, upload } from '../support/service.ts';

const service = useOwnStack();
const uids = newUids();
let batch: string;
let image: string;
let doctor: Client;
/** Everything that the requests below could change. */
let before: unknown;

const restart = async (environment: Record<string, string>) => {
  await service.stop();
  await service.start({ environment: { ...NO_RATE_LIMITS, ...environment } });
  doctor = await service.as('doctor');
};

const state = async () => {
  const { batches } = await doctor.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 200);
  const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200);
  const deleted = await doctor.json('GET', `/api/patients/${PATIENT_1}/deleted`, 200);
  const study = await doctor.json('GET', `/dicom-web/studies?StudyInstanceUID=${uids.study}`, 200);
  // URLs are signed at the time of the request, and a service that is started again has another port.
  const stable = (name: string, value: unknown) => {
    if (name.includes('url')) return undefined;
    return typeof value === 'string' ? value.replace(/localhost:\d+/, 'localhost') : value;
  };
  return JSON.parse(JSON.stringify({ batches, images, deleted, study }, stable));
};

/** Requests that change, as `<method> <path>`, with their bodies. */
const CHANGES: [string, string, () => string, unknown?][] = [
  ['deleting an image', 'DELETE', () => `/api/images/${image}/`],
  ['deleting a batch', 'DELETE', () => `/api/images/batches/${batch}/`],
  ['changing an image', 'PATCH', () => `/api/images/${image}/`, { caption: 'Another caption' }],
  ['changing images', 'PATCH', () => '/api/images/', { ids: ['$image'], caption: 'Another caption' }],
  ['renaming a batch', 'PUT', () => `/api/images/batches/${batch}/`, { name: 'Another name' }],
  [
    'creating a batch',
    'POST',
    () => '/api/images/batches/',
    { name: 'x', content_type: 'patients.patient', object_id: PATIENT_1 },
  ],
  ['assigning a study', 'POST', () => `/dicom/studies/${uids.study}/patient`, { patient_id: 'P-1002' }],
];

const instance = () => `/dicom-web/studies/${uids.study}/series/${uids.series}/instances/${uids.sop}`;
const READS: [string, () => string][] = [
  ['the list of images', () => `/api/images/?batch_id=${batch}`],
  ['an image', () => `/api/images/${image}/`],
  ['the bytes of an image', () => `/api/images/${image}/data/`],
  ['a thumbnail', () => `/api/images/${image}/thumbnail/`],
  ['a ZIP', () => `/api/images/batches/${batch}/download/`],
  ['a DICOM file', () => `/dicom/wado/${uids.sop}`],
  ['a frame', () => `${instance()}/frames/1`],
  ['a rendered frame', () => `${instance()}/rendered`],
  ['the metadata of a series', () => `/dicom-web/studies/${uids.study}/series/${uids.series}/metadata`],
  ['a study', () => `/dicom-web/studies/${uids.study}`],
];

beforeAll(async () => {
  const patient = await service.as('patient-1');
  doctor = await service.as('doctor');
  batch = await createBatch(patient);
  [image = ''] = await upload(patient, batch, [await photo()]);
  await decided(patient, image);
  await patient.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
  before = await state();
});

const bodyWithIds = (body: unknown) => JSON.parse(JSON.stringify(body).replace('$image', image));

describe('While the audit log can not be written', () => {
  beforeAll(() => restart({ AUDIT_TABLE_NAME: 'gone' }));

  test.each(CHANGES)('%s is refused before it has an effect', async (_what, method, path, body) => {
    const response = await doctor.send(method, path(), body === undefined ? undefined : bodyWithIds(body));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({
      message: 'The audit log can not be written at the moment.',
    });
  });

  test.each(READS)('no byte of %s is sent', async (_what, path) => {
    const response = await doctor.send('GET', path());
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      message: 'The audit log can not be written at the moment.',
    });
  });

  test('the service is not ready, and says what fails, but not what it is called', async () => {
    const response = await doctor.send('GET', '/health/ready');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ details: ['the audit log can not be read'] });
  });

  test('files are not taken', async () => {
    const response = await doctor.send('POST', '/dicom/upload', dicomForm(slice(newUids())));
    expect(response.status).toBe(503);
  });
});

describe.each(['AUDIT_TABLE_NAME', 'AUDIT_DAYS'])('Without the setting %s', (name) => {
  beforeAll(() => restart({ [name]: '' }));

  test.each(CHANGES)('%s fails before it has an effect', async (_what, method, path, body) => {
    const response = await doctor.send(method, path(), body === undefined ? undefined : bodyWithIds(body));
    // The authorizer, which writes refused credentials into the log, does not start either.
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'Service Unavailable' });
  });
});

test('All of that had no effect', async () => {
  await restart({});
  expect(await state()).toEqual(before);
});
