import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { incomingKey, renditionKey } from '../../lib/storage/object-keys.ts';
import { bmp } from '../fixtures/bmps.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, decided, until, useService } from '../support/service.ts';

const service = useService();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = await directAccess(service);
});

const scan = bmp({ width: 320, height: 310, bits: 24, pixels: new Uint8Array(320 * 3 * 310).fill(99) });

/** Stores a file without an endpoint, and waits for the result of the built function. */
async function storeAndProcess(bytes: Uint8Array, mimeType: string) {
  const [id, now] = [randomUUID(), new Date()];
  const image = newImage(
    {
      id,
      patientId: PATIENT_1,
      batchId: await createBatch(doctor),
      fileName: 'Überweisung.pdf',
      mimeType,
      fileSize: bytes.length,
    },
    { role: 'doctor', subject: 'd' },
    now,
  );
  await direct.images.createPending([image], new Date(now.getTime() + 60_000));
  await direct.bucket.write(incomingKey(image), bytes, mimeType);
  return decided(doctor, id);
}

describe('A PDF', () => {
  test('becomes ready with its copies, in the function as it is deployed', async () => {
    const image = await storeAndProcess(pdf(), 'application/pdf');
    expect(image).toMatchObject({ status: 'ready', s3_key: expect.stringMatching(/\.pdf$/) });
    for (const name of ['thumbnail', 'card', 'png', 'preview'] as const) {
      expect(await direct.bucket.read(renditionKey(image.s3_key, name)), name).toBeDefined();
    }
    const thumbnail = await doctor.send('GET', `/api/images/${image.id}/thumbnail`);
    expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  test('is sent as an attachment, and never opened in the page', async () => {
    const { id } = await storeAndProcess(pdf(), 'application/pdf');
    const response = await doctor.send('GET', `/api/images/${id}/data`);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await response.arrayBuffer()).equals(pdf())).toBe(true);
  });

  test('is copied as an image of its first page', async () => {
    const { id } = await storeAndProcess(pdf(), 'application/pdf');
    const response = await doctor.send('GET', `/api/images/${id}/data?width=200`);
    expect(response.headers.get('content-disposition')).toContain(`filename*=UTF-8''%C3%9Cberweisung.jpg`);
    const header = await sharp(await response.arrayBuffer()).metadata();
    expect(header).toMatchObject({ format: 'jpeg', width: 200 });
  });

  test('is refused by a batch, whatever type its form declares', async () => {
    const form = new FormData();
    form.append('images', new Blob([pdf()], { type: 'image/jpeg' }), 'x.jpg');
    const answer = await doctor.json(
      'POST',
      `/api/images/batches/${await createBatch(doctor)}/upload/`,
      400,
      form,
    );
    expect(JSON.stringify(answer)).toContain(
      'This is a PDF file; expected JPEG, PNG, GIF, WebP, TIFF or AVIF.',
    );
  });

  test('with a password is rejected with that reason', async () => {
    const closed = pdf({ passwords: { owner: 'o', user: 'secret' } });
    const { id, status } = await storeAndProcess(closed, 'application/pdf');
    expect(status).toBe('rejected');
    expect((await direct.images.get(id))?.statusReason).toContain('protected by a password');
  });

  test('that is declared as an image is rejected', async () => {
    const { id, status } = await storeAndProcess(pdf(), 'image/jpeg');
    expect(status).toBe('rejected');
    expect((await direct.images.get(id))?.statusReason).toBe(
      'This file was announced as image/jpeg, and is application/pdf.',
    );
  });
});

describe('A BMP', () => {
  test('becomes ready, and is displayed inline', async () => {
    const image = await storeAndProcess(scan, 'image/bmp');
    expect(image).toMatchObject({ status: 'ready', s3_key: expect.stringMatching(/\.bmp$/) });
    const response = await doctor.send('GET', `/api/images/${image.id}/data`);
    expect(response.headers.get('content-type')).toBe('image/bmp');
    expect(response.headers.get('content-disposition')).toMatch(/^inline;/);
    await until(async () => direct.bucket.read(renditionKey(image.s3_key, 'thumbnail')));
    const copy = await doctor.send('GET', `/api/images/${image.id}/data?format=webp`);
    expect(await sharp(await copy.arrayBuffer()).metadata()).toMatchObject({ format: 'webp', width: 320 });
  });
});
