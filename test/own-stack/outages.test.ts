import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { type Client, createBatch, decided, type TestFile, upload } from '../support/service.ts';

const service = useOwnStack();
const uids = newUids();
let doctor: Client;
let batch: string;
let image: string;
let file: TestFile;
beforeAll(async () => {
  doctor = await service.as('doctor');
  file = await photo();
  batch = await createBatch(doctor);
  [image = ''] = await upload(doctor, batch, [file]);
  await decided(doctor, image);
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
});

const happened = () => Object.values(service.faults.counts()).reduce((sum, count) => sum + count, 0);
let before = 0;
const setFaults = (list: string) => {
  before = happened();
  service.faults.set(list);
};
afterEach(() => {
  expect(happened()).toBeGreaterThan(before);
  service.faults.set('');
});

const READS: [string, () => string][] = [
  ['a list', () => `/api/images/?batch_id=${batch}`],
  ['an image', () => `/api/images/${image}/`],
  ['the bytes of an image', () => `/api/images/${image}/data/`],
  ['a thumbnail', () => `/api/images/${image}/thumbnail/`],
  ['a ZIP', () => `/api/images/batches/${batch}/download/`],
  ['a search for studies', () => `/dicom-web/studies?StudyInstanceUID=${uids.study}`],
  ['a DICOM file', () => `/dicom/wado/${uids.sop}`],
];
const OF_BYTES = ['the bytes of an image', 'a thumbnail', 'a ZIP', 'a DICOM file'];

const expectRetry = async (response: Response) => {
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({ statusCode: 503, error: 'Service Unavailable' });
};

describe.each([
  ['the table is throttled', 'throttling=1@dynamodb+table:StorageTable'],
  ['the table fails', 'internal-error=1@dynamodb+table:StorageTable'],
  ['the audit log fails', 'internal-error=1@dynamodb+table:StorageAudit'],
])('If %s', (_what, faults) => {
  test.each(READS)('%s is answered by 503, and can be read afterwards', async (_name, path) => {
    setFaults(`seed=1,${faults}`);
    await expectRetry(await doctor.send('GET', path()));
    service.faults.set('');
    expect((await doctor.send('GET', path())).status).toBe(200);
  });

  test('nothing is changed', async () => {
    setFaults(`seed=1,${faults}`);
    await expectRetry(await doctor.send('PATCH', `/api/images/${image}/`, { caption: 'changed' }));
    service.faults.set('');
    expect((await doctor.json('GET', `/api/images/${image}/`, 200)).caption).toBe('');
  });
});

describe.each([
  ['S3 is throttled', 'throttling=1@s3'],
  ['S3 fails', 'internal-error=1@s3'],
  ['the key can not be used', 'kms-throttling=1@s3'],
])('If %s', (_what, faults) => {
  test.each(READS.filter(([name]) => OF_BYTES.includes(name)))(
    '%s is answered by 503 before its first byte',
    async (_name, path) => {
      setFaults(`seed=1,${faults}`);
      await expectRetry(await doctor.send('GET', path()));
    },
  );
});

test('A body that S3 breaks off is never a whole response, small or large', async () => {
  const [large = ''] = await upload(doctor, batch, [await photo({ width: 3000, height: 2000 })]);
  await decided(doctor, large);
  setFaults('seed=1,truncated-body=1@s3');
  await expectRetry(await doctor.send('GET', `/api/images/${image}/data/`));
  // Where the connection breaks before the function has sent anything, the answer is a 503 as well.
  const response = await doctor.send('GET', `/api/images/${large}/data/`);
  const isWhole = await response.arrayBuffer().then(
    () => true,
    () => false,
  );
  expect([response.status, isWhole]).not.toEqual([200, true]);
});

test.each([
  ['table', 'internal-error=1@dynamodb+table:StorageTable+function:get-readiness'],
  ['audit log', 'internal-error=1@dynamodb+table:StorageAudit+function:get-readiness'],
  ['requests', 'internal-error=1@dynamodb+table:StorageRequests+function:get-readiness'],
])('The readiness names the %s that fails, and is well when it is', async (_name, faults) => {
  const anonymous = await service.as();
  const ready = () => anonymous.send('GET', '/health/ready');
  setFaults(`seed=1,${faults}`);
  // The last answer is given again for five seconds.
  await service.clock.advance(6000);
  const failing = await ready();
  expect(failing.status).toBe(503);
  expect(await failing.json()).toMatchObject({ details: [expect.stringContaining('can not be read')] });
  service.faults.set('');
  await service.clock.advance(6000);
  expect((await ready()).status).toBe(200);
});

test('Another patient sees nothing in an outage either', async () => {
  setFaults('seed=1,internal-error=0.5@dynamodb');
  const other = await service.as('patient-2');
  for (let attempt = 0; attempt < 20; attempt++) {
    const { status } = await other.send('GET', `/api/images/${image}/data/`);
    expect([404, 503]).toContain(status);
  }
});
