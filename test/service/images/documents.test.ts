import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { incomingKey, renditionKey } from '../../../lib/storage/object-keys.ts';
import { bmp } from '../../fixtures/bmps.ts';
import { pdf } from '../../fixtures/pdfs.ts';
import { tiffChain } from '../../fixtures/tiff-chains.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  until,
  upload,
  useService,
} from '../../support/service.ts';

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
  await direct.imageIntake.createPending([image]);
  await direct.bucket.write(incomingKey(image), bytes, mimeType);
  return decided(doctor, id);
}

/** One page, as it is answered. */
async function pageOf(id: string, page: number, person = doctor) {
  const response = await person.send('GET', `/api/images/${id}/data?page=${page}`);
  const disposition = response.headers.get('content-disposition');
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    disposition,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** How much more red than blue a picture has, on average. */
async function redOf(bytes?: Buffer): Promise<number> {
  const { channels } = await sharp(bytes).stats();
  return Math.round((channels[0]?.mean ?? 0) - (channels[2]?.mean ?? 0));
}

describe('A TIFF of several pages', () => {
  const page = (width: number, height: number) => ({
    width,
    height,
    channels: 1,
    strips: [new Uint8Array(width * height).fill(90)],
  });

  test('gives each page with its own shape, kept for the next time, to nobody else', async () => {
    const scan = tiffChain([page(60, 40), page(30, 90), page(20, 20)]);
    const { id, pages } = await storeAndProcess(scan, 'image/tiff');
    expect(pages).toBe(3);
    const shown = await Promise.all([1, 2, 3].map((number) => pageOf(id, number)));
    const shapes = await Promise.all(shown.map(({ bytes }) => sharp(bytes).metadata()));
    expect(shapes.map(({ width, height }) => [width, height])).toEqual([
      [60, 40],
      [30, 90],
      [20, 20],
    ]);
    expect(new Set(shown.map(({ etag }) => etag)).size).toBe(3);
    const again = await doctor.send('GET', `/api/images/${id}/data?page=2`, undefined, {
      'if-none-match': shown[1]?.etag ?? '',
    });
    expect(again.status).toBe(304);
    expect((await pageOf(id, 2, await service.as('patient-2'))).status).toBe(404);
    expect((await pageOf(id, 4)).status).toBe(404);
  });

  test('whose second page is damaged shows the others, and says so of that one', async () => {
    const scan = tiffChain([page(60, 40), { ...page(30, 90), strips: [new Uint8Array(9)] }, page(20, 20)]);
    const { id, pages } = await storeAndProcess(scan, 'image/tiff');
    expect(pages).toBe(3);
    expect((await pageOf(id, 3)).status).toBe(200);
    const answer = await doctor.json('GET', `/api/images/${id}/data?page=2`, 404);
    expect(answer.details).toEqual([
      'This TIFF file is damaged or incomplete. Please save or send it again.',
    ]);
  });
});

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

  test('gives each of its pages as a picture, and 404 after the last one', async () => {
    const { id, pages } = await storeAndProcess(pdf({ morePages: [''] }), 'application/pdf');
    expect(pages).toBe(2);
    const [first, second] = await Promise.all([1, 2].map((page) => pageOf(id, page)));
    expect([first?.status, second?.status]).toEqual([200, 200]);
    expect(second?.disposition).toContain(`filename*=UTF-8''%C3%9Cberweisung-page-2.jpg`);
    // The red square is on the first page only.
    expect(await redOf(first?.bytes)).toBeGreaterThan(1);
    expect(await redOf(second?.bytes)).toBe(0);
    const answer = await doctor.json('GET', `/api/images/${id}/data?page=3`, 404);
    expect(answer).toMatchObject({ details: ['page must be 1 to 2; received 3'] });
    await doctor.json('GET', `/api/images/${id}/data?page=0`, 400);
  });

  test('is taken by the forms and upload URLs of batches and cases, as a PDF whatever type is declared', async () => {
    const batch = await createBatch(doctor);
    const form = formOf(
      {},
      { images: [{ name: 'x.jpg', bytes: new Uint8Array(pdf()), type: 'image/jpeg' }] },
    );
    const { results } = await doctor.json('POST', `/api/images/batches/${batch}/upload/`, 201, form);
    const [signed] = await upload(doctor, batch, [
      { name: 'y.pdf', bytes: new Uint8Array(pdf()), type: 'application/pdf' },
    ]);
    const caseForm = formOf(
      { caseId: `C-${crypto.randomUUID().slice(0, 8)}`, patientId: PATIENT_1 },
      { file: [{ name: 'z.pdf', bytes: new Uint8Array(pdf()), type: 'application/pdf' }] },
    );
    const inCase = await doctor.json('POST', '/api/v1/images/upload', 201, caseForm);
    for (const id of [results[0].image.id, signed, inCase.id]) {
      expect(await decided(doctor, id)).toMatchObject({ status: 'ready', content_type: 'application/pdf' });
    }
  });

  test('with a password is rejected with that reason', async () => {
    const closed = pdf({ passwords: { owner: 'o', user: 'secret' } });
    const { id, status } = await storeAndProcess(closed, 'application/pdf');
    expect(status).toBe('rejected');
    expect((await direct.images.get(id))?.statusReason).toContain('protected by a password');
  });

  test('that is declared as an image becomes ready as a PDF', async () => {
    const image = await storeAndProcess(pdf(), 'image/jpeg');
    expect(image).toMatchObject({ status: 'ready', content_type: 'application/pdf' });
    const response = await doctor.send('GET', `/api/images/${image.id}/data`);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
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

  test('is taken by the upload URLs of batches and cases', async () => {
    const file = { name: 'scan.bmp', bytes: new Uint8Array(scan), type: 'image/bmp' };
    const [id = ''] = await upload(doctor, await createBatch(doctor), [file]);
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready', content_type: 'image/bmp' });
    await doctor.json('POST', '/api/v1/images/upload-url', 201, {
      fileName: file.name,
      mimeType: file.type,
      fileSize: file.bytes.length,
      caseId: `C-${crypto.randomUUID().slice(0, 8)}`,
      patientId: PATIENT_1,
    });
  });
});
