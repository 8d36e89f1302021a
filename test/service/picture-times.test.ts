import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1 } from '../support/people.ts';
import { createBatch, decided, formOf, useService } from '../support/service.ts';
import { readZip } from '../support/unzip.ts';

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
  for (const file of [await lateEvening(), undated, dated]) {
    const form = formOf({ caseId, patientId: PATIENT_1 }, { file: [file] });
    await decided(doctor, (await doctor.json('POST', '/api/v1/images/upload', 201, form)).id);
  }
  const { images } = await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200);
  expect(
    images.map((image: { fileName: string; capturedAt: string }) => [image.fileName, image.capturedAt]),
  ).toEqual([
    ['dated.jpg', '2024-05-06T07:08:09+02:00'],
    ['late-evening.jpg', '2025-11-06T23:30:00Z'],
    ['undated.jpg', null],
  ]);
});
