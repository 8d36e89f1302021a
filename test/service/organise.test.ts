import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let patient1: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
  patient1 = await service.as('patient-1');
});

/** Uploads this number of photos into the batch, and waits until they are ready. */
async function photosIn(client: Client, batch: string, count: number, name = 'photo') {
  const files = Array.from({ length: count }, (_value, seed) => photo({ seed, name: `${name}-${seed}.jpg` }));
  const ids = await upload(client, batch, await Promise.all(files));
  for (const id of ids) expect(await decided(client, id)).toMatchObject({ status: 'ready' });
  return ids;
}

async function photoInCase(caseId: string, patientId: string): Promise<string> {
  const { name: fileName, bytes, type: mimeType } = await photo({ name: 'fundus.jpg' });
  const { imageId, uploadUrl, headers } = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
    fileName,
    mimeType,
    caseId,
    patientId,
    fileSize: bytes.length,
  });
  expect((await fetch(uploadUrl, { method: 'PUT', headers, body: bytes })).status).toBe(200);
  await decided(doctor, imageId);
  return imageId;
}

const idsOf = ({ images }: { images: { id: string }[] }) => images.map(({ id }) => id);

describe('The badges of a patient', () => {
  const summaryOf = (client: Client, id: string) =>
    client.json('GET', `/api/patients/${id}/image-summary/`, 200);

  test('count the batches and the images in them that are visible', async () => {
    expect(await summaryOf(doctor, 'P-3000')).toEqual({ batches: 0, images: 0 });
    const [first, second] = [await createBatch(doctor, 'P-3000'), await createBatch(doctor, 'P-3000')];
    const [image] = await photosIn(doctor, first, 2);
    await photosIn(doctor, second, 1);
    await createBatch(doctor, 'P-3009');
    expect(await summaryOf(doctor, 'P-3000')).toEqual({ batches: 2, images: 3 });

    await doctor.json('DELETE', `/api/images/${image}/`, 204);
    expect(await summaryOf(doctor, 'P-3000')).toEqual({ batches: 2, images: 2 });
    await doctor.json('DELETE', `/api/images/batches/${second}/`, 204);
    expect(await summaryOf(doctor, 'P-3000')).toEqual({ batches: 1, images: 1 });
  });

  test('are readable by the patient too', async () => {
    await createBatch(patient1);
    expect((await summaryOf(patient1, PATIENT_1)).batches).toBeGreaterThan(0);
  });
});

describe('Many images at once', () => {
  test('are changed, each with its result; an image that is missing, or another patient’s, stops no other', async () => {
    const own = await photosIn(patient1, await createBatch(patient1), 2);
    const [others = ''] = await photosIn(doctor, await createBatch(doctor, PATIENT_2), 1);
    const missing = randomUUID();
    const ids = [own[0], others, missing, 'no-uuid', own[1], own[0]?.toUpperCase()];
    const changes = { category: 'casts', caption: 'after the fitting', date_taken: '2025-11-06' };
    const { results } = await patient1.json('PATCH', '/api/images/', 200, { ids, ...changes });
    expect(results).toMatchObject([
      { id: own[0], status: 'updated', image: { id: own[0], ...changes } },
      { id: others, status: 'not_found' },
      { id: missing, status: 'not_found' },
      { id: 'no-uuid', status: 'not_found' },
      { id: own[1], status: 'updated', image: { id: own[1], ...changes } },
      { id: own[0]?.toUpperCase(), status: 'updated', image: { id: own[0] } },
    ]);
    // Byte for byte: an image of another patient looks as if it did not exist.
    expect(results[1]).toEqual({ ...results[2], id: others });
    expect(await doctor.json('GET', `/api/images/${others}/`, 200)).toMatchObject({ category: 'other' });
    expect(await patient1.json('GET', `/api/images/${own[1]}/`, 200)).toMatchObject(changes);
  });

  test('are moved to the start of their batch, and new images are still added at the end', async () => {
    const batch = await createBatch(doctor);
    const [a = '', b = '', c = '', d = ''] = await photosIn(doctor, batch, 4);
    const place = (ids: string[], order: number) => doctor.json('PATCH', '/api/images/', 200, { ids, order });
    await place([c, d], -2);
    await place([b], -12);
    await place([a], -2_147_483_648);
    const [e = ''] = await photosIn(doctor, batch, 1);
    const first = await doctor.json('GET', `/api/images/?batch_id=${batch}&limit=3`, 200);
    expect(idsOf(first)).toEqual([a, b, c]);
    const rest = await doctor.json('GET', `/api/images/?batch_id=${batch}&cursor=${first.next}`, 200);
    expect(idsOf(rest)).toEqual([d, e]);
  });

  test('lose their date if it is null', async () => {
    const [id = ''] = await photosIn(doctor, await createBatch(doctor), 1);
    await doctor.json('PATCH', '/api/images/', 200, { ids: [id], date_taken: '2025-11-06' });
    await doctor.json('PATCH', '/api/images/', 200, { ids: [id], date_taken: null });
    expect(await doctor.json('GET', `/api/images/${id}/`, 200)).toMatchObject({ date_taken: null });
  });

  test('have an eye side, given with the upload or later, for batches and cases alike', async () => {
    const batch = await createBatch(doctor);
    const file = { name: 'left.jpg', size: 1000, type: 'image/jpeg', eye_side: 'left' };
    const path = `/api/images/batches/${batch}/upload-urls`;
    const { uploads } = await doctor.json('POST', path, 201, {
      files: [file, { ...file, eye_side: undefined }],
    });
    const sides = async () => {
      const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200);
      return images.map(({ eye_side }: { eye_side: string }) => eye_side);
    };
    expect(await sides()).toEqual(['left', 'unknown']);
    const inCase = await photoInCase(`C-${crypto.randomUUID()}`, 'P-4001');
    const ids = [uploads[1].id, inCase];
    const { results } = await doctor.json('PATCH', '/api/images/', 200, { ids, eye_side: 'right' });
    expect(results.map(({ image }: { image: { eye_side: string } }) => image.eye_side)).toEqual([
      'right',
      'right',
    ]);
    expect(await sides()).toEqual(['left', 'right']);
  });
});

describe('The images of a patient', () => {
  const PATIENT = 'P-4000';
  let ids: string[];
  let inCase: string;
  let batch: string;
  const list = (query: string) => doctor.json('GET', `/api/images/?patient_id=${PATIENT}${query}`, 200);
  beforeAll(async () => {
    batch = await createBatch(doctor, PATIENT);
    ids = await photosIn(doctor, batch, 6, 'Knöchel');
    inCase = await photoInCase('C-400', PATIENT);
    const change = (of: string[], changes: object) =>
      doctor.json('PATCH', '/api/images/', 200, { ids: of, ...changes });
    await change([ids[0], ids[2], ids[4]] as string[], { category: 'casts', date_taken: '2025-11-06' });
    await change([ids[1]] as string[], { caption: 'Linker SCHUH', date_taken: '2025-11-09' });
  });

  test('are those of its batches and cases, newest first', async () => {
    await until(async () => (await list('')).images.length === 7);
    expect(idsOf(await list(''))).toEqual([inCase, ...ids.toReversed()]);
    expect((await list('')).next).toBeNull();
  });

  test.each<[string, string, () => unknown[]]>([
    ['a category', '&category=casts', () => [ids[4], ids[2], ids[0]]],
    [
      'days, the first and the last included',
      '&date_from=2025-11-06&date_to=2025-11-09',
      () => [ids[4], ids[2], ids[1], ids[0]],
    ],
    ['a first day only', '&date_from=2025-11-07&date_to=2025-12-01', () => [ids[1]]],
    ['words of the caption', '&q=schuh', () => [ids[1]]],
    [
      'words of the name, also as macOS writes them',
      `&q=${encodeURIComponent('KNÖCHEL-3'.normalize('NFD'))}`,
      () => [ids[3]],
    ],
    ['all of these', '&category=casts&q=-2.JPG&date_to=2025-11-06', () => [ids[2]]],
    ['a word without matches', '&q=nothing', () => []],
  ])('are filtered by %s', async (_title, query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected());
  });

  test('are listed in full pages under a filter, each once, to the exact end', async () => {
    const first = await list('&category=casts&limit=2');
    expect(idsOf(first)).toEqual([ids[4], ids[2]]);
    const second = await list(`&category=casts&limit=2&cursor=${first.next}`);
    expect(idsOf(second)).toEqual([ids[0]]);
    expect(second.next).toBeNull();
    expect((await list('&category=casts&limit=3')).next).toBeNull();
  });

  test('are filtered in their batch as well, in its order', async () => {
    const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}&category=casts`, 200);
    expect(idsOf({ images })).toEqual([ids[0], ids[2], ids[4]]);
  });
});

describe('A batch is renamed by its patient', () => {
  const rename = (client: Client, id: string, status: number) =>
    client.json('PUT', `/api/images/batches/${id}`, status, { name: 'Renamed' });

  test('if the patient made it', async () => {
    const own = await createBatch(patient1);
    expect(await rename(patient1, own, 200)).toMatchObject({ name: 'Renamed', source: 'patient' });
    // The clinic renames any.
    await rename(doctor, own, 200);
  });

  test('but not if the clinic made it, or has given it to the patient', async () => {
    const clinics = await createBatch(doctor, PATIENT_1, 'Visit');
    expect(await rename(patient1, clinics, 403)).toMatchObject({
      message: 'The clinic made this batch, and only the clinic may rename it.',
    });
    const others = await createBatch(await service.as('patient-2'), PATIENT_2);
    const move = { patient_id: PATIENT_1, reason: 'Sent under another number' };
    await doctor.json('POST', `/api/images/batches/${others}/patient`, 200, move);
    await rename(patient1, others, 403);
    await rename(doctor, clinics, 200);
  });
});
