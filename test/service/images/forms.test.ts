import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { handle as uploadBatchImages } from '../../../functions/batches/upload-batch-images/handler.ts';
import { newAuditContext } from '../../../lib/domain/audit/audit-context.ts';
import type { ReceivedFiles } from '../../../lib/lambda/http/form.ts';
import { PartialSuccess } from '../../../lib/lambda/http/serve.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  useService,
} from '../../support/service.ts';

const service = useService();
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const text: TestFile = {
  name: 'letter.jpg',
  type: 'image/jpeg',
  bytes: new TextEncoder().encode('This is a letter, not a picture.\n'),
};
const countOf = async (batch: string) =>
  (await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200)).images.length;

describe('A form with files, sent to a batch', () => {
  const send = (batch: string, status: number, form: FormData) =>
    doctor.json('POST', `/api/images/batches/${batch}/upload/`, status, form);

  test('stores them all, in their order, with their categories and captions', async () => {
    const batch = await createBatch(doctor);
    const files = [
      await photo({ name: 'Füße "1".jpg' }),
      await photo({ format: 'png', name: 'zwei.png', seed: 1 }),
    ];
    const fields = { categories: ['posterior', ''], captions: ['standing', ''] };
    const { results } = await send(batch, 201, formOf(fields, { images: files }));
    expect(results).toMatchObject([
      {
        name: 'Füße "1".jpg',
        status: 'created',
        image: {
          batch,
          original_name: 'Füße "1".jpg',
          category: 'posterior',
          caption: 'standing',
          status: 'pending',
        },
      },
      {
        name: 'zwei.png',
        status: 'created',
        image: { category: 'other', caption: '', content_type: 'image/png' },
      },
    ]);
    for (const [index, { image }] of results.entries()) {
      expect(await decided(doctor, image.id)).toMatchObject({ status: 'ready', width: 640 });
      const original = await doctor.send('GET', `/api/images/${image.id}/data`);
      expect(Buffer.from(await original.arrayBuffer()).equals(files[index]?.bytes as Uint8Array)).toBe(true);
    }
    const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200);
    expect(images.map(({ id }: { id: string }) => id)).toEqual(
      results.map(({ image }: { image: { id: string } }) => image.id),
    );
  });

  test('may have its lists as one JSON array too', async () => {
    const fields = { categories: '["casts", "afo"]', captions: '["", "new"]' };
    const files = [await photo(), await photo({ seed: 1 })];
    const { results } = await send(await createBatch(doctor), 201, formOf(fields, { images: files }));
    expect(results).toMatchObject([
      { image: { category: 'casts', caption: '' } },
      { image: { category: 'afo', caption: 'new' } },
    ]);
  });

  test('has a result for each file: an invalid file stops no other', async () => {
    const batch = await createBatch(doctor);
    const files = [text, await photo(), await photo({ seed: 1, name: 'foot.jpg' })];
    const { results } = await send(batch, 207, formOf({ categories: ['', '', 'foot'] }, { images: files }));
    expect(results).toMatchObject([
      {
        name: 'letter.jpg',
        status: 'refused',
        reasons: [expect.stringMatching(/^This is plain text; expected JPEG/)],
      },
      { status: 'created' },
      {
        name: 'foot.jpg',
        status: 'refused',
        reasons: [expect.stringMatching(/^category must be one of anterior, .*, other; received "foot"$/)],
      },
    ]);
    expect(await decided(doctor, results[1].image.id)).toMatchObject({ status: 'ready' });
    expect(await countOf(batch)).toBe(1);
  });

  test('names the file that could not be stored, and keeps nothing of it; the others are stored', async () => {
    const batch = await createBatch(doctor);
    const direct = await directAccess(service);
    const photos = await Promise.all([photo({ name: 'a.jpg' }), photo({ seed: 1, name: 'b.jpg' })]);
    const request = (files: readonly TestFile[]) => ({
      caller: { role: 'doctor', subject: 'd' } as const,
      params: { id: batch },
      query: undefined,
      body: { categories: [], captions: [] },
      origin: '',
      auditContext: newAuditContext(),
      headers: {},
      files: files.map(({ name, bytes }) => ({
        name,
        bytes: Buffer.from(bytes),
      })) as unknown as ReceivedFiles,
    });
    const written: string[] = [];
    const create: typeof direct.objects.create = async (key, object) => {
      written.push(key);
      if (written.length === 1) throw new Error('S3 answered 503');
      await direct.objects.create(key, object);
    };
    const deps = { ...direct, objects: { create }, newId: randomUUID };
    const reply = await uploadBatchImages(request([text, ...photos]), deps);
    if (!(reply instanceof PartialSuccess)) throw new Error('all went in');
    expect(reply.value.results).toMatchObject([
      { name: 'letter.jpg', status: 'refused' },
      { name: 'a.jpg', status: 'failed' },
      { name: 'b.jpg', status: 'created' },
    ]);
    const [, , stored] = reply.value.results;
    if (stored?.status !== 'created') throw new Error('not stored');
    expect(await decided(doctor, stored.image.id)).toMatchObject({ status: 'ready' });
    expect(await countOf(batch)).toBe(1);

    // If S3 stores none at all, the whole request is our failure.
    const broken = { ...deps, objects: { create: () => Promise.reject(new Error('S3 answered 503')) } };
    await expect(uploadBatchImages(request(photos), broken)).rejects.toThrow('503');
    expect(await countOf(batch)).toBe(1);
  });

  test('is a bad request if no file is valid, and stores nothing', async () => {
    const batch = await createBatch(doctor);
    const { details } = await send(batch, 400, formOf({}, { images: [text, { ...text, name: 'b.png' }] }));
    expect(details).toMatchObject(
      [/^letter\.jpg: This is plain text/, /^b\.png: This is plain text/].map((reason) =>
        expect.stringMatching(reason),
      ),
    );
    expect(await countOf(batch)).toBe(0);
  });

  test.each<[string, () => Promise<FormData>, RegExp]>([
    ['no files', async () => formOf({ captions: ['x'] }, {}), /^images is required$/],
    [
      'files in another field',
      async () => formOf({}, { files: [await photo()] }),
      /^files is not a known field of files; expected images$/,
    ],
    [
      'another field',
      async () => formOf({ order: '1' }, { images: [await photo()] }),
      /^order is not a known field$/,
    ],
    [
      'a JSON array that is cut off',
      async () => formOf({ captions: '["x"' }, { images: [await photo()] }),
      /^captions must be a JSON array/,
    ],
    [
      'too many files',
      async () => formOf({}, { images: Array(201).fill(text) }),
      /^images must be at most 200 files; received 201$/,
    ],
  ])('is refused with %s', async (_title, form, detail) => {
    const { details } = await send(await createBatch(doctor), 400, await form());
    expect(details.join('\n')).toMatch(detail);
  });

  test.each([
    [
      'that ends within a file',
      '--x\r\ncontent-disposition: form-data; name="images"; filename="a.jpg"\r\n\r\nabc',
      400,
    ],
    ['without the final boundary', '--x\r\ncontent-disposition: form-data; name="captions"\r\n\r\nabc', 400],
    ['without parts', 'nothing', 400],
    ['that is empty', '', 400],
  ])('%s is refused', async (_title, body, status) => {
    const path = `/api/images/batches/${await createBatch(doctor)}/upload/`;
    const response = await doctor.send('POST', path, body, {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      status,
      'Bad Request',
    ]);
  });

  test('must be a form', async () => {
    const path = `/api/images/batches/${await createBatch(doctor)}/upload/`;
    for (const [type, status] of [
      ['application/json', 415],
      ['multipart/form-data', 400],
    ] as const) {
      const response = await doctor.send('POST', path, '{}', { 'content-type': type });
      expect([type, response.status]).toEqual([type, status]);
    }
  });

  test.each([5, 11])('of %i MB is refused, and the answer names signed URLs', async (megabytes) => {
    const large = { ...text, bytes: new Uint8Array(megabytes * 1024 * 1024) };
    const { details } = await send(await createBatch(doctor), 413, formOf({}, { images: [large] }));
    expect(details.join()).toMatch(/upload-urls/);
  });

  test('of 4.4 MB is stored', async () => {
    const large = await photo();
    const bytes = new Uint8Array(4_400_000);
    bytes.set(large.bytes);
    const { results } = await send(
      await createBatch(doctor),
      201,
      formOf({}, { images: [{ ...large, bytes }] }),
    );
    expect((await decided(doctor, results[0].image.id)).status).not.toBe('pending');
  });
});

describe('A form with a file, sent to a case', () => {
  const send = (client: Client, status: number, fields: Record<string, string>, ...files: TestFile[]) =>
    client.json('POST', '/api/v1/images/upload', status, formOf(fields, { file: files }));

  test('is stored, and the case then belongs to the patient', async () => {
    const file = await photo({ name: 'fundus.jpg' });
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(file.bytes));
    const image = await send(
      doctor,
      201,
      {
        caseId: 'C-50',
        patientId: PATIENT_1,
        eyeSide: 'left',
        mimeType: 'image/png',
        fileSize: String(file.bytes.length),
        crc32: crc.toString('base64'),
        capturedAt: '2025-11-06T10:00:00Z',
      },
      file,
    );
    expect(image).toMatchObject({
      caseId: 'C-50',
      patientId: PATIENT_1,
      fileName: 'fundus.jpg',
      mimeType: 'image/jpeg',
      eyeSide: 'left',
      status: 'pending',
      fileSize: file.bytes.length,
      capturedAt: '2025-11-06T10:00:00Z',
      capturedLocal: '2025-11-06T10:00:00',
      captureOffset: '+00:00',
    });
    await decided(doctor, image.id);
    const patient = await service.as('patient-1');
    const { images } = await patient.json('GET', '/api/v1/images/cases/C-50', 200);
    expect(images).toMatchObject([{ id: image.id, status: 'ready', width: 640 }]);

    await send(doctor, 409, { caseId: 'C-50', patientId: PATIENT_2 }, file);
    // A case of another patient is treated as if no case had this name.
    await send(await service.as('patient-2'), 404, { caseId: 'C-50' }, file);
  });

  test.each<[string, number, Record<string, string>, RegExp]>([
    ['a wrong size', 400, { fileSize: '1' }, /^fileSize must be that of the file, \d+; received 1$/],
    ['a wrong checksum', 400, { crc32: 'AAAAAA==' }, /^crc32 must be that of the file, /],
    ['an unknown eye', 400, { eyeSide: 'third' }, /^eyeSide must be one of left, right, both, unknown/],
    ['no case', 400, { caseId: '' }, /^caseId must be 1 to 64/],
  ])('is refused with %s', async (_title, status, fields, detail) => {
    const given = { caseId: `C-${randomUUID()}`, patientId: PATIENT_1, ...fields };
    const { details } = await send(doctor, status, given, await photo());
    expect(details.join('\n')).toMatch(detail);
  });

  test('is refused with a file that is not an image, and with two files', async () => {
    const { details } = await send(doctor, 415, { caseId: 'C-51', patientId: PATIENT_1 }, text);
    expect(details).toEqual([
      expect.stringMatching(/^file must be one of image\/jpeg, .*received plain text$/),
    ]);
    await send(doctor, 400, { caseId: 'C-51', patientId: PATIENT_1 }, await photo(), await photo());
    await doctor.json('GET', '/api/v1/images/cases/C-51', 404);
  });
});
