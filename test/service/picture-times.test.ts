import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatch, decided, formOf, useService } from '../support/service.ts';
import { readZip } from '../support/unzip.ts';

const service = useService();
const file = (path: string) => ({
  name: basename(path),
  type: path.endsWith('.tif') ? 'image/tiff' : 'image/jpeg',
  bytes: readFileSync(join(import.meta.dirname, '../../../shared/found', path)),
});

test('The day of a photograph is that of its camera, in searches and in a ZIP', async () => {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, 'P-1001');
  const images = ['photos/f3-offset-after-midnight.jpg', 'photos/f3-no-offset-late-evening.jpg'].map(file);
  const { results } = await doctor.json(
    'POST',
    `/api/images/batches/${batch}/upload/`,
    201,
    formOf({}, { images }),
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
      ['f3-offset-after-midnight.jpg', [2025, 11, 6, 0, 30, 0]],
      ['f3-no-offset-late-evening.jpg', [2025, 11, 6, 23, 30, 0]],
    ],
  );
});

test('The images of a case stand in the order of the times that are shown', async () => {
  const doctor = await service.as('doctor');
  for (const path of [
    'photos/f3-no-offset-late-evening.jpg',
    'photos/f1-control-unharmed.jpg',
    'photos/f11-dated.tif',
  ]) {
    const form = formOf({ caseId: 'C-700', patientId: 'P-1001' }, { file: [file(path)] });
    await decided(doctor, (await doctor.json('POST', '/api/v1/images/upload', 201, form)).id);
  }
  const { images } = await doctor.json('GET', '/api/v1/images/cases/C-700', 200);
  expect(
    images.map((image: { fileName: string; capturedAt: string }) => [image.fileName, image.capturedAt]),
  ).toEqual([
    ['f11-dated.tif', '2024-05-06T07:08:09+02:00'],
    ['f3-no-offset-late-evening.jpg', '2025-11-06T23:30:00Z'],
    ['f1-control-unharmed.jpg', null],
  ]);
});
