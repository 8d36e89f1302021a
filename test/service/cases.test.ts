import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, decided, formOf, until, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let patient: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
  patient = await service.as('patient-1');
});

const newPatient = () => `P-${randomUUID().toUpperCase()}`;
const newCase = () => `C-${randomUUID()}`;

/** Uploads a file into the case and waits until it is ready or rejected; returns its id. */
async function send(client: Client, caseId: string, patientId: string, bytes?: Uint8Array<ArrayBuffer>) {
  const file = await photo();
  const form = formOf({ caseId, patientId }, { file: [bytes ? { ...file, bytes } : file] });
  const { id } = await client.json('POST', '/api/v1/images/upload', 201, form);
  await decided(client, id);
  return id as string;
}

const pathOf = (patientId: string) => `/api/v1/images/cases?patientId=${patientId}`;
const list = (client: Client, patientId: string, page = '') =>
  client.json('GET', `${pathOf(patientId)}${page}`, 200);
/** The cases with the number of images in each, once that is as expected: an index follows its table. */
const shows = (patientId: string, expected: [caseId: string, images: number][]) =>
  expect
    .poll(async () => {
      const { cases } = await list(doctor, patientId);
      return cases.map(({ id, imageCount }: { id: string; imageCount: number }) => [id, imageCount]);
    })
    .toEqual(expected);

describe('The cases of a patient', () => {
  test('are listed by their latest image, with the number of images and the time of the last one', async () => {
    const [patientId, first, second] = [newPatient(), newCase(), newCase()];
    await send(doctor, first, patientId);
    await send(doctor, second, patientId);
    await shows(patientId, [
      [second, 1],
      [first, 1],
    ]);
    const before = new Date().toISOString();
    await send(doctor, first, patientId);
    await shows(patientId, [
      [first, 2],
      [second, 1],
    ]);
    const { cases, next } = await list(doctor, patientId);
    expect(cases[0]).toEqual({ id: first, patientId, imageCount: 2, lastImageAt: expect.any(String) });
    expect(cases[0].lastImageAt >= before && cases[1].lastImageAt < before).toBe(true);
    expect(next).toBeNull();
  });

  test('are listed in pages, each case once', async () => {
    const patientId = newPatient();
    const ids = [newCase(), newCase(), newCase()];
    for (const id of ids) await send(doctor, id, patientId);
    await shows(
      patientId,
      ids.toReversed().map((id) => [id, 1]),
    );
    const found: string[] = [];
    const sizes: number[] = [];
    let cursor = '';
    do {
      const page = await list(doctor, patientId, `&limit=2${cursor}`);
      found.push(...page.cases.map(({ id }: { id: string }) => id));
      sizes.push(page.cases.length);
      cursor = page.next && `&cursor=${page.next}`;
    } while (cursor);
    expect([found, sizes]).toEqual([ids.toReversed(), [2, 1]]);
  });

  test('are listed if they have ready images: pending and rejected images do not count', async () => {
    const [patientId, caseId, other] = [newPatient(), newCase(), newCase()];
    const uploadRequest = {
      fileName: 'x.jpg',
      mimeType: 'image/jpeg',
      fileSize: 1,
      caseId: other,
      patientId,
    };
    await doctor.json('POST', '/api/v1/images/upload-url', 201, uploadRequest);
    const { bytes } = await photo();
    await send(doctor, other, patientId, bytes.slice(0, 200));
    await send(doctor, caseId, patientId);
    await send(doctor, caseId, patientId, bytes.slice(0, 200));
    const { images } = await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200);
    expect(images.map(({ status }: { status: string }) => status)).toEqual(['ready', 'rejected']);
    await shows(patientId, [[caseId, 1]]);
  });

  test('lose deleted images, and disappear when they are empty until another image is stored', async () => {
    const [patientId, caseId] = [newPatient(), newCase()];
    const ids = [await send(doctor, caseId, patientId), await send(doctor, caseId, patientId)];
    const { bytes } = await photo();
    const rejected = await send(doctor, caseId, patientId, bytes.slice(0, 200));
    await shows(patientId, [[caseId, 2]]);
    await doctor.json('DELETE', `/api/v1/images/${ids[0]}`, 204);
    await doctor.json('DELETE', `/api/v1/images/${rejected}`, 204);
    await shows(patientId, [[caseId, 1]]);
    // By the other endpoint, and as two people at the same moment.
    const answers = await Promise.all([1, 2].map(() => doctor.send('DELETE', `/api/images/${ids[1]}`)));
    expect(answers.map(({ status }) => status)).toContain(204);
    await shows(patientId, []);
    await send(doctor, caseId, patientId);
    await shows(patientId, [[caseId, 1]]);
  });

  test('have right counts after forty images are stored and half of them are deleted at once', async () => {
    const [patientId, caseId] = [newPatient(), newCase()];
    await send(doctor, caseId, patientId);
    const file = await photo();
    const form = () => formOf({ caseId, patientId }, { file: [file] });
    const sent = Array.from({ length: 40 }, () => doctor.json('POST', '/api/v1/images/upload', 201, form()));
    const ids: string[] = (await Promise.all(sent)).map(({ id }) => id);
    const removed = ids.slice(0, 20).map(async (id) => {
      await decided(doctor, id);
      await doctor.json('DELETE', `/api/v1/images/${id}`, 204);
    });
    await Promise.all([...removed, ...ids.slice(20).map((id) => decided(doctor, id))]);
    await shows(patientId, [[caseId, 21]]);
  });
});

describe('A list of the cases of a patient', () => {
  test('is refused to another patient with the same answer as for an unknown patient', async () => {
    const caseId = newCase();
    await send(doctor, caseId, PATIENT_1);
    await until(async () => (await list(patient, PATIENT_1)).cases.length > 0);
    const otherPatient = await service.as('patient-2');
    const bodies = [];
    for (const patientId of [PATIENT_1, newPatient()]) {
      const response = await otherPatient.send('GET', pathOf(patientId));
      expect(response.status).toBe(404);
      bodies.push(await response.text());
    }
    expect(bodies[0]).toBe(bodies[1]);
    expect(await list(otherPatient, PATIENT_2)).toEqual({ cases: [], next: null });
  });

  test('is refused to another patient, also with a cursor of that list', async () => {
    const [one, two] = [newCase(), newCase()];
    await send(doctor, one, PATIENT_1);
    await send(doctor, two, PATIENT_1);
    const { next } = await list(doctor, PATIENT_1, '&limit=1');
    expect(next).toEqual(expect.any(String));
    const otherPatient = await service.as('patient-2');
    for (const patientId of [PATIENT_1, PATIENT_2]) {
      await otherPatient.json('GET', `${pathOf(patientId)}&cursor=${next}`, 400);
    }
  });

  test('needs a patient and a valid cursor', async () => {
    await doctor.json('GET', '/api/v1/images/cases', 400);
    await doctor.json('GET', `${pathOf(PATIENT_1)}&cursor=x`, 400);
    await doctor.json('GET', `${pathOf(PATIENT_1)}&limit=0`, 400);
  });
});
