import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { PATIENT_1 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  useService,
} from '../../support/service.ts';
import { readZip } from '../../support/unzip.ts';

const service = useService();
const afterMidnight = () =>
  photo({ name: 'after-midnight.jpg', takenAt: '2025:11:06 00:30:00', offset: '+02:00' });
const lateEvening = () => photo({ name: 'late-evening.jpg', takenAt: '2025:11:06 23:30:00', seed: 1 });

test('The day of a photograph is the day of its camera, in searches and in a ZIP', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, PATIENT_1);
  const { results } = await doctor.json(
    'POST',
    `/api/images/batches/${batch}/upload/`,
    201,
    formOf({}, { images: [await afterMidnight(), await lateEvening()] }),
  );
  for (const { image } of results) await decided(doctor, image.id);
  const found = async (day: string) =>
    (await doctor.json('GET', `/api/images/?batch_id=${batch}&date_from=${day}&date_to=${day}`, 200)).images
      .length;
  expect([await found('2025-11-05'), await found('2025-11-06'), await found('2025-11-07')]).toEqual([
    0, 2, 0,
  ]);
  const zip = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
  expect((await readZip(Buffer.from(await zip.arrayBuffer()))).map(({ name, time }) => [name, time])).toEqual(
    [
      ['after-midnight.jpg', [2025, 11, 6, 0, 30, 0]],
      ['late-evening.jpg', [2025, 11, 6, 23, 30, 0]],
    ],
  );
});

const addToCase = async (doctor: Client, caseId: string, file: TestFile, fields = {}) => {
  const form = formOf({ caseId, patientId: PATIENT_1, ...fields }, { file: [file] });
  await decided(doctor, (await doctor.json('POST', '/api/v1/images/upload', 201, form)).id);
};
const listCase = async (doctor: Client, caseId: string): Promise<Record<string, unknown>[]> =>
  (await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200)).images;

test('The images of a case are sorted by the times that are shown', async () => {
  const doctor = await service.as('doctor');
  const caseId = `C-${randomUUID()}`;
  const dated = await photo({
    name: 'dated.jpg',
    takenAt: '2024:05:06 07:08:09',
    offset: '+02:00',
    seed: 2,
  });
  const undated = await photo({ name: 'undated.jpg', seed: 3 });
  for (const file of [await lateEvening(), undated, dated]) await addToCase(doctor, caseId, file);
  const images = await listCase(doctor, caseId);
  expect(images.map(({ fileName, capturedAt }) => [fileName, capturedAt])).toEqual([
    ['dated.jpg', '2024-05-06T07:08:09+02:00'],
    ['late-evening.jpg', '2025-11-06T23:30:00Z'],
    ['undated.jpg', null],
  ]);
  expect(images[2]?.uploadedLocal).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
});

test('A camera that is set to UTC differs from one that does not know its offset', async () => {
  const doctor = await service.as('doctor');
  const caseId = `C-${randomUUID()}`;
  const takenAt = '2025:11:06 23:30:00';
  const utc = await photo({ name: 'utc.jpg', takenAt, offset: '+00:00', seed: 4 });
  const unknown = await photo({ name: 'unknown.jpg', takenAt, seed: 5 });
  const written = await photo({ name: 'written.jpg', takenAt, offset: '+09:00', seed: 6 });
  await addToCase(doctor, caseId, utc);
  await addToCase(doctor, caseId, unknown);
  // What a person writes counts, and says nothing of an offset here.
  await addToCase(doctor, caseId, written, { capturedAt: '2025-11-06T23:30' });
  const capturedAt = '2025-11-06T23:30:00Z';
  const capturedLocal = '2025-11-06T23:30:00';
  const images = await listCase(doctor, caseId);
  expect(images).toMatchObject([
    { fileName: 'utc.jpg', capturedAt, capturedLocal, captureOffset: '+00:00' },
    { fileName: 'unknown.jpg', capturedAt, capturedLocal, captureOffset: null },
    { fileName: 'written.jpg', capturedAt, capturedLocal, captureOffset: null },
  ]);
  expect(await doctor.json('GET', `/api/images/${images[0]?.id}`, 200)).toMatchObject({
    captured_local: capturedLocal,
    capture_offset: '+00:00',
  });
  const recordOf = async ({ name, bytes }: TestFile, created_on?: string) => {
    const image_data = Buffer.from(bytes).toString('base64');
    return doctor.json('POST', '/api/v2/images', 201, {
      name,
      image_data,
      patient_id: PATIENT_1,
      created_on,
    });
  };
  // The documented shape of a record's image has one time.
  expect(await recordOf(utc)).toMatchObject({ created_at: capturedAt });
  expect(await recordOf(written, '2025-11-06T23:30:00')).toMatchObject({ created_at: capturedAt });
  expect(await recordOf(unknown, '2025-11-06T23:30:00+02:00')).toMatchObject({
    created_at: '2025-11-06T23:30:00+02:00',
  });
});

test('The pictures of a burst are sorted within their second', async () => {
  const doctor = await service.as('doctor');
  const caseId = `C-${randomUUID()}`;
  const takenAt = '2025:11:06 10:00:00';
  for (const fraction of ['5', '07', '123']) {
    await addToCase(doctor, caseId, await photo({ name: `${fraction}.jpg`, takenAt, fraction, seed: 7 }));
  }
  const images = await listCase(doctor, caseId);
  expect(images.map(({ capturedLocal }) => capturedLocal)).toEqual([
    '2025-11-06T10:00:00.070',
    '2025-11-06T10:00:00.123',
    '2025-11-06T10:00:00.500',
  ]);
});
