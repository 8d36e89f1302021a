import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { linkKey } from '../../lib/data/keys.ts';
import { signLink } from '../../lib/services/images/image-link.ts';
import { bmp } from '../fixtures/bmps.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let staff: Client;
let doctor: Client;
let patient1: Client;
let patient2: Client;
let anonymous: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
let jpeg: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  staff = await service.as('staff');
  doctor = await service.as('doctor');
  patient1 = await service.as('patient-1');
  patient2 = await service.as('patient-2');
  anonymous = await service.as();
  direct = await directAccess(service);
  jpeg = (await photo()).bytes;
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const newNumber = () => `N-${randomUUID()}`;
/** Adds an image in base64. */
const add = (fields: Record<string, unknown> = {}, status = 201, client = staff) =>
  client.json('POST', '/api/v2/images', status, { image_data: base64(jpeg), name: 'scan.jpg', ...fields });
/** Asks for an upload URL. */
const requestUpload = (fields: Record<string, unknown> = {}, status = 201, client = staff) =>
  client.json('POST', '/api/v2/images', status, {
    name: 'scan.jpg',
    size: jpeg.length,
    content_type: 'image/jpeg',
    ...fields,
  });
const put = async (
  { upload_url, method, headers }: { upload_url: string; method: string; headers: Record<string, string> },
  body: Uint8Array<ArrayBuffer>,
) => {
  const response = await fetch(upload_url, { method, headers, body });
  expect(response.status, await response.text()).toBe(200);
};
const listed = async (record: string, client = staff): Promise<Record<string, unknown>[]> =>
  (await client.json('GET', `/api/v2/images/${record}`, 200)).images;
const idsIn = async (record: string, client = staff) => (await listed(record, client)).map(({ id }) => id);
/** An answer without the id of its request. */
const withoutRequestId = async (response: Response) => ({
  status: response.status,
  headers: [...response.headers].filter(([name]) => !/request-?id|date/.test(name)),
  body: await response.text(),
});
const keyWith = async (...scopes: string[]) => {
  const admin = await service.as('admin');
  const { id, key } = await admin.json('POST', '/api/v2/keys', 201, { name: 'Pharmacy', scopes });
  return {
    client: service.with({ 'x-api-key': key }),
    revoke: () => admin.json('DELETE', `/api/v2/keys/${id}`, 204),
  };
};

describe('An image in base64', () => {
  test('is answered with its fields, and listed by the records that it is linked to', async () => {
    const prescription = newNumber();
    const bytes = new Uint8Array(
      await sharp(jpeg).withMetadata({ density: 300, orientation: 6 }).jpeg().toBuffer(),
    );
    const added = await add({
      image_data: base64(bytes),
      name: 'prescription_front.jpg',
      patient_id: 'P-3501',
      prescription_id: prescription,
      created_on: '2025-02-19T08:50:00Z',
    });
    expect(added).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'prescription_front.jpg',
      url: expect.stringMatching(new RegExp(`^${service.stack.url}/*api/v2/links/`)),
      content_type: 'image/jpeg',
      size: bytes.length,
      created_at: '2025-02-19T08:50:00Z',
      metadata: { width: 480, height: 640, dpi: 300 },
    });
    const { url: _url, ...rest } = added;
    for (const type of ['prescription', 'patient']) {
      const [image, ...others] = await listed(`${type}/${type === 'patient' ? 'P-3501' : prescription}`);
      expect(image).toEqual({ ...rest, type, url: expect.any(String) });
      expect(others).toEqual([]);
    }
    expect(await decided(staff, added.id)).toMatchObject({ status: 'ready', width: 480, height: 640 });
    expect(await listed(`prescription/${prescription}`)).toMatchObject([rest]);
  });

  test.each([
    ['png', 'image/png'],
    ['tiff', 'image/tiff'],
  ] as const)('may be a %s', async (format, type) => {
    const { bytes } = await photo({ format });
    const added = await add({ image_data: base64(bytes), name: `scan.${format}` });
    expect(added).toMatchObject({ content_type: type, metadata: { width: 640, height: 480 } });
    expect(await decided(staff, added.id)).toMatchObject({ status: 'ready', content_type: type });
  });

  test('may be linked to each kind of record', async () => {
    const number = newNumber();
    const kinds = ['user', 'item', 'pos_event', 'compound_batch', 'delivery', 'prescription'];
    const { id } = await add(Object.fromEntries(kinds.map((kind) => [`${kind}_id`, number])));
    for (const kind of ['pos_event', 'delivery', 'prescription']) {
      expect(await idsIn(`${kind}/${number}`)).toEqual([id]);
    }
  });

  test.each([
    [300, 300],
    [4000, 300],
  ])('may have %i × %i pixels', async (width, height) => {
    const { bytes } = await photo({ width, height });
    const { id } = await add({ image_data: base64(bytes) });
    expect(await decided(staff, id)).toMatchObject({ status: 'ready', width, height });
  });

  test.each([
    [299, 300],
    [300, 299],
    [4001, 300],
  ])('must not have %i × %i pixels', async (width, height) => {
    const { bytes } = await photo({ width, height });
    expect(await add({ image_data: base64(bytes) }, 400)).toEqual({
      statusCode: 400,
      message: 'Invalid image data',
      error: 'Bad Request',
      details: [`image_data: This image has ${width}×${height} pixels; expected 300×300 to 4000×4000.`],
    });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['a line break', (text) => `${text.slice(0, 76)}\n${text.slice(76)}`, /^image_data must be base64/],
    ['a space', (text) => ` ${text}`, /^image_data must be base64/],
    [
      'a character outside of base64',
      (text) => `${text.slice(0, 40)}*${text.slice(41)}`,
      /^image_data must be base64/,
    ],
    ['too little padding', () => 'AA=', /^image_data must be base64/],
    ['no padding', () => 'AA', /^image_data must be base64/],
    ['padding in the middle', () => 'AA==AAAA', /^image_data must be base64/],
    ['unused bits that are set', () => 'AB==', /^image_data must be base64/],
    ['base64url', () => '_-A=', /^image_data must be base64/],
    ['a data: URL', (text) => `data:image/jpeg;base64,${text}`, /^image_data must be base64 alone/],
    ['nothing', () => '', /^image_data must be at least 1/],
  ])('must not have %s', async (_title, spoil, detail) => {
    const { message, details } = await add({ image_data: spoil(base64(jpeg)) }, 400);
    expect(message).toBe('Validation failed');
    expect(details).toEqual([expect.stringMatching(detail)]);
  });

  test('may be a PDF, of which the first page is rendered', async () => {
    const prescription = newNumber();
    const added = await add({ image_data: base64(pdf()), name: 'scan.pdf', prescription_id: prescription });
    expect(added).toMatchObject({ content_type: 'application/pdf', metadata: { width: null, height: null } });
    expect(await decided(doctor, added.id)).toMatchObject({ status: 'ready' });
    const [image] = await listed(`prescription/${prescription}`);
    expect(image?.metadata).toMatchObject({ width: expect.any(Number), height: expect.any(Number) });
    const thumbnail = await doctor.send('GET', `/api/images/${added.id}/thumbnail`);
    expect(thumbnail.headers.get('content-type')).toBe('image/png');
    const original = await doctor.send('GET', `/api/images/${added.id}/data`);
    expect(original.headers.get('content-disposition')).toBe('attachment; filename="scan.pdf"');
    expect(Buffer.from(await original.arrayBuffer()).equals(pdf())).toBe(true);
  });

  test('may be a BMP', async () => {
    const pixels = Buffer.alloc(300 * 300 * 3, 128);
    const added = await add({
      image_data: base64(bmp({ width: 300, height: 300, bits: 24, pixels })),
      name: 'scan.bmp',
    });
    expect(added).toMatchObject({ content_type: 'image/bmp', metadata: { width: 300, height: 300 } });
    expect(await decided(doctor, added.id)).toMatchObject({ status: 'ready' });
  });

  test.each<[string, () => Promise<Uint8Array>, RegExp]>([
    [
      'a GIF',
      async () => (await photo({ format: 'gif' })).bytes,
      /is image\/gif; expected one of image\/jpeg, /,
    ],
    ['text', async () => new TextEncoder().encode('This is a letter.'), /is plain text; expected one of/],
    [
      'a web page',
      async () => new TextEncoder().encode('<html><script>'),
      /is a web page \(HTML\); expected/,
    ],
  ])('must not be %s', async (_title, make, detail) => {
    const refused = await add({ image_data: base64(await make()) }, 415);
    expect(refused).toMatchObject({ statusCode: 415, message: 'Invalid image format' });
    expect(refused.details).toEqual([expect.stringMatching(detail)]);
  });

  test('must not have a broken header', async () => {
    expect(await add({ image_data: base64(jpeg.slice(0, 20)) }, 400)).toMatchObject({
      message: 'Invalid image data',
      details: [expect.stringMatching(/damaged or incomplete jpeg/)],
    });
  });

  test('with damage after the header is rejected by the pipeline, and no longer listed', async () => {
    const number = newNumber();
    const { id } = await add({ image_data: base64(jpeg.slice(0, jpeg.length / 2)), delivery_id: number });
    expect(await decided(staff, id)).toMatchObject({ status: 'rejected' });
    await staff.json('GET', `/api/v2/images/delivery/${number}`, 404);
  });

  test('that is too large is refused, and the answer names the upload URL', async () => {
    const large = await add({ image_data: 'A'.repeat(7 * 1024 * 1024) }, 413);
    expect(large).toMatchObject({ statusCode: 413, error: 'Payload Too Large' });
    expect(large.details).toContainEqual(
      expect.stringMatching(/POST \/api\/v2\/images .* size and content_type instead of image_data/),
    );
  });

  test('is refused with every error in its fields', async () => {
    const { details } = await staff.json('POST', '/api/v2/images', 400, {
      patient_id: '../P-1',
      created_on: 'yesterday',
      prescription: 'RX',
    });
    expect(details).toEqual([
      'name is required',
      expect.stringMatching(/^patient_id must be 1 to 64/),
      expect.stringMatching(/^created_on must be an ISO 8601 time/),
      'prescription is not a known field',
    ]);
    const { details: neither } = await staff.json('POST', '/api/v2/images', 400, { name: 'x' });
    expect(neither).toEqual(['image_data is required, or size and content_type for an upload URL']);
    expect((await add({ size: 1 }, 400)).details).toEqual([
      'size is for an upload URL, and goes without image_data',
    ]);
    const { details: half } = await staff.json('POST', '/api/v2/images', 400, { name: 'x', size: 1 });
    expect(half).toEqual(['content_type is required where there is no image_data']);
  });
});

describe('An image that is sent to an upload URL', () => {
  test('is listed once it is stored', async () => {
    const number = newNumber();
    const registered = await requestUpload({ delivery_id: number });
    expect(registered).toMatchObject({
      name: 'scan.jpg',
      size: jpeg.length,
      metadata: { width: null, height: null, dpi: null },
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg' },
      expires_at: expect.any(String),
    });
    await staff.json('GET', `/api/v2/images/delivery/${number}`, 404);
    const early = await anonymous.send('GET', registered.url);
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
    await put(registered, jpeg);
    await decided(staff, registered.id);
    expect(await listed(`delivery/${number}`)).toMatchObject([
      { id: registered.id, type: 'delivery', metadata: { width: 640, height: 480 } },
    ]);
  });

  test.each<[string, () => Promise<Uint8Array<ArrayBuffer>>, RegExp]>([
    ['too small', async () => (await photo({ width: 200 })).bytes, /has 200×480 pixels; expected 300×300 to/],
    ['too wide', async () => (await photo({ width: 4001, height: 300 })).bytes, /has 4001×300 pixels/],
    ['of another type', async () => (await photo({ format: 'gif' })).bytes, /This is image\/gif; expected/],
  ])('that is %s is rejected', async (_title, make, reason) => {
    const number = newNumber();
    const bytes = await make();
    const registered = await requestUpload({ size: bytes.length, delivery_id: number });
    await put(registered, bytes);
    expect(await decided(staff, registered.id)).toMatchObject({
      status: 'rejected',
      status_reason: expect.stringMatching(reason),
    });
    await staff.json('GET', `/api/v2/images/delivery/${number}`, 404);
    expect((await anonymous.send('GET', registered.url)).status).toBe(404);
  });

  test('is refused beforehand if it is too large, or of a type that is not accepted', async () => {
    expect(await requestUpload({ size: 10 * 1024 * 1024 + 1 }, 413)).toMatchObject({
      message: 'Image exceeds size limit',
      details: ['size must be at most 10485760 bytes; received 10485761'],
    });
    expect(await requestUpload({ content_type: 'image/gif' }, 415)).toMatchObject({
      message: 'Invalid image format',
      details: [
        expect.stringMatching(
          /^content_type must be one of image\/jpeg, image\/png, image\/tiff.*; received/,
        ),
      ],
    });
  });
});

describe('The images of a record', () => {
  test('with an unknown type or an invalid id are refused', async () => {
    expect(await staff.json('GET', '/api/v2/images/item/1', 400)).toMatchObject({
      message: 'Validation failed',
      details: ['type must be one of pos_event, prescription, patient, delivery; received "item"'],
    });
    expect((await staff.json('GET', '/api/v2/images/patient/..%2Fx', 400)).details).toEqual([
      expect.stringMatching(/^id must be 1 to 64/),
    ]);
  });

  test('are 404 if there are none', async () => {
    for (const type of ['pos_event', 'prescription', 'patient', 'delivery']) {
      expect(await staff.json('GET', `/api/v2/images/${type}/${newNumber()}`, 404)).toMatchObject({
        message: 'Image not found',
      });
    }
  });

  test('are listed in pages, newest first', async () => {
    const number = newNumber();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await add({ pos_event_id: number, patient_id: 'P-3502' })).id);
    for (const record of [`pos_event/${number}`, 'patient/P-3502']) {
      const seen: string[] = [];
      let next = '';
      do {
        const page = await staff.json(
          'GET',
          `/api/v2/images/${record}?limit=2${next && `&cursor=${next}`}`,
          200,
        );
        seen.push(...page.images.map(({ id }: { id: string }) => id));
        next = page.next;
      } while (next);
      expect(seen).toEqual(ids);
    }
  });
});

describe('An image that is uploaded by one endpoint is visible in the others', () => {
  test('a record’s image is an image of its patient', async () => {
    const { id } = await add({ patient_id: 'P-3503' });
    expect(await decided(doctor, id)).toMatchObject({ batch: null, original_name: 'scan.jpg' });
    const { images } = await doctor.json('GET', '/api/images/?patient_id=P-3503', 200);
    expect(images).toMatchObject([{ id }]);
    const data = await doctor.send('GET', `/api/images/${id}/data`);
    expect(Buffer.from(await data.arrayBuffer()).equals(jpeg)).toBe(true);
    expect((await doctor.send('GET', `/api/images/${id}/thumbnail`)).status).toBe(200);
  });

  test('an image of a batch and of a case is an image of the patient’s record', async () => {
    const batch = await createBatch(doctor, 'P-3504');
    const [inBatch = ''] = await upload(doctor, batch, [await photo({ width: 100, height: 90 })]);
    const inCase = await doctor.json('POST', '/api/v1/images/upload-url', 201, {
      fileName: 'fundus.jpg',
      mimeType: 'image/jpeg',
      fileSize: jpeg.length,
      caseId: newNumber(),
      patientId: 'P-3504',
    });
    await put({ ...inCase, upload_url: inCase.uploadUrl }, jpeg);
    for (const id of [inBatch, inCase.imageId]) await decided(doctor, id);
    const images = await listed('patient/P-3504');
    expect(images.map(({ id }) => id)).toEqual([inCase.imageId, inBatch]);
    // The rules of an endpoint hold for its own uploads only: the batch took the image, which stays an image.
    expect(images[1]).toMatchObject({ metadata: { width: 100, height: 90 } });
    const { headers } = await anonymous.send('GET', String(images[1]?.url));
    expect((await fetch(headers.get('location') ?? '')).status).toBe(200);
  });
});

describe('The link of an image', () => {
  let number: string;
  let image: { id: string; url: string };
  beforeAll(async () => {
    number = newNumber();
    image = await add({ delivery_id: number, name: 'Rezept "vorn".jpg' });
    await decided(staff, image.id);
  });

  test('opens the original for anybody who has it, and is stored nowhere', async () => {
    const response = await anonymous.send('GET', image.url);
    expect([response.status, response.headers.get('cache-control')]).toEqual([307, 'no-store']);
    const original = await fetch(response.headers.get('location') ?? '');
    expect(original.headers.get('content-type')).toBe('image/jpeg');
    expect(original.headers.get('content-disposition')).toBe(`inline; filename="Rezept \\"vorn\\".jpg"`);
    expect(Buffer.from(await original.arrayBuffer()).equals(jpeg)).toBe(true);
  });

  test('is valid for a day, and after that the answer says that it has expired', async () => {
    const stored = await direct.images.get(image.id);
    if (!stored) throw new Error('there is no such image');
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600_000);
    expect((await anonymous.send('GET', signLink(stored, service.stack.url, hoursAgo(23)))).status).toBe(307);
    const late = await anonymous.send('GET', signLink(stored, service.stack.url, hoursAgo(25)));
    expect(await late.json()).toEqual({
      statusCode: 410,
      message: 'The link has expired; ask for the image again.',
      error: 'Gone',
      details: [],
    });
  });

  test('opens no other image, and is valid on no other day', async () => {
    const [id = '', until = '', mac = ''] = image.url.split('/').at(-1)?.split('.') ?? [];
    const another = await add();
    const tokens = [
      `${another.id}.${until}.${mac}`,
      `${id}.${Number(until) + 1}.${mac}`,
      `${id}.${until}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'E' : 'A'}`,
      `${id}.${until}.${mac}x`,
      `${randomUUID()}.${until}.${mac}`,
      `${id}.${until}`,
      'nonsense',
    ];
    const answers = await Promise.all(
      tokens.map(async (token) => withoutRequestId(await anonymous.send('GET', `/api/v2/links/${token}`))),
    );
    expect(answers[0]?.status).toBe(404);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('is invalid once its image is deleted, and the links to records are erased with it', async () => {
    const key = linkKey(image.id, 'delivery', number);
    const linked = async () =>
      (await direct.images.listOfRecord(['delivery', number], undefined, { limit: 9 })).items;
    expect(await linked()).toHaveLength(1);
    await doctor.json('DELETE', `/api/images/${image.id}/`, 204);
    expect((await anonymous.send('GET', image.url)).status).toBe(404);
    await staff.json('GET', `/api/v2/images/delivery/${number}`, 404);
    // Until the image is erased, so that they return with it.
    expect(await direct.hasItem(key)).toBe(true);
    await (await service.as('admin')).json('DELETE', `/api/images/${image.id}?erase=true`, 204);
    await until(async () => !(await direct.hasItem(key)));
  });
});

describe('A patient', () => {
  test('may add images for themselves, without naming the patient', async () => {
    const { id } = await add({}, 201, patient1);
    expect(await idsIn(`patient/${PATIENT_1}`, patient1)).toContain(id);
    await add({ patient_id: PATIENT_1 }, 201, patient1);
  });

  test('may add none to another patient, nor to a record that may be anybody’s', async () => {
    for (const fields of [{ patient_id: PATIENT_2 }, { prescription_id: 'RX-1' }, { user_id: 'U-1' }]) {
      expect(await add(fields, 404, patient1)).toMatchObject({ error: 'Not Found' });
      await requestUpload(fields, 404, patient1);
    }
  });

  test('sees only their own images of a record: another patient’s and unknown records have the same bytes as answer', async () => {
    const prescription = newNumber();
    const theirs = await add({ prescription_id: prescription, patient_id: PATIENT_2 });
    await add({ prescription_id: prescription });
    const ask = async (record: string) =>
      withoutRequestId(await patient1.send('GET', `/api/v2/images/${record}`));
    const missing = await ask(`prescription/${newNumber()}`);
    expect(missing.status).toBe(404);
    expect(await ask(`prescription/${prescription}`)).toEqual(missing);
    expect(await ask(`patient/${PATIENT_2}`)).toEqual(missing);
    expect(await ask('patient/P-9999')).toEqual(missing);

    const mine = await add({ prescription_id: prescription, patient_id: PATIENT_1 });
    expect(await idsIn(`prescription/${prescription}`, patient1)).toEqual([mine.id]);
    expect(await idsIn(`prescription/${prescription}`, patient2)).toEqual([theirs.id]);
    expect(await idsIn(`prescription/${prescription}`)).toHaveLength(3);
  });

  test('gets no more with a cursor of staff', async () => {
    const prescription = newNumber();
    const mine = await add({ prescription_id: prescription, patient_id: PATIENT_1 });
    for (const patient_id of [PATIENT_2, PATIENT_2]) await add({ prescription_id: prescription, patient_id });
    const path = `/api/v2/images/prescription/${prescription}`;
    const { next } = await staff.json('GET', `${path}?limit=1`, 200);
    const { details } = await patient1.json('GET', `${path}?cursor=${next}`, 400);
    expect(details).toEqual(['cursor is not one that this list gave to you']);
    expect(await idsIn(`prescription/${prescription}`, patient1)).toEqual([mine.id]);
  });
});

describe('A service', () => {
  test('may read and write what its scopes name', async () => {
    const { client } = await keyWith('prescription:read', 'prescription:write', 'patient:write');
    const prescription = newNumber();
    const { id } = await add({ prescription_id: prescription, patient_id: 'P-3505' }, 201, client);
    expect(await idsIn(`prescription/${prescription}`, client)).toEqual([id]);
    expect(await client.json('GET', '/api/v2/images/patient/P-3505', 403)).toMatchObject({
      message: 'Insufficient permissions',
      details: ['the scopes of the key must have patient:read'],
    });
    expect((await add({ prescription_id: prescription, delivery_id: 'D-1' }, 403, client)).details).toEqual([
      'the scopes of the key must have delivery:write',
    ]);
    expect((await add({}, 403, client)).details).toEqual(['the scopes of the key must have *:write']);
    await client.json('GET', `/api/images/${id}/`, 403);
  });

  test('with * may read everything, and write nothing', async () => {
    const { client } = await keyWith('*:read');
    const delivery = newNumber();
    await add({ delivery_id: delivery }, 403, client);
    const { id } = await add({ delivery_id: delivery });
    expect(await idsIn(`delivery/${delivery}`, client)).toEqual([id]);
  });

  test('is refused at the next request after its key is revoked', async () => {
    const { client, revoke } = await keyWith('*:read', '*:write');
    const delivery = newNumber();
    await add({ delivery_id: delivery }, 201, client);
    expect(await idsIn(`delivery/${delivery}`, client)).toHaveLength(1);
    await revoke();
    expect(await client.json('GET', `/api/v2/images/delivery/${delivery}`, 401)).toMatchObject({
      message: 'Invalid or missing API key',
    });
    await add({ delivery_id: delivery }, 401, client);
    expect(await idsIn(`delivery/${delivery}`)).toHaveLength(1);
  });
});

test('Callers without a token are refused', async () => {
  await add({}, 401, anonymous);
  await anonymous.json('GET', `/api/v2/images/patient/${PATIENT_1}`, 401);
});
