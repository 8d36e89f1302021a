import { randomUUID } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  upload,
  useService,
} from '../support/service.ts';

const service = useService();
let doctor: Client;
let patient1: Client;
let patient2: Client;
let anonymous: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
  patient1 = await service.as('patient-1');
  patient2 = await service.as('patient-2');
  anonymous = await service.as();
});

/** An answer without its id: everything that could distinguish one refusal from another. */
async function withoutRequestId(response: Response) {
  const headers = [...response.headers].filter(
    ([name]) => !['x-request-id', 'x-amzn-requestid', 'date'].includes(name),
  );
  return { status: response.status, headers, body: await response.text() };
}

describe('A resource of another patient', () => {
  let batch: string;
  let image: string;
  let exported: string;
  beforeAll(async () => {
    batch = await createBatch(patient1);
    [image = ''] = await upload(patient1, batch, [await photo()]);
    expect(await decided(patient1, image)).toMatchObject({ status: 'ready' });
    exported = (await patient1.json('POST', `/api/images/batches/${batch}/exports/`, 202, {})).id;
  });

  const requests: [string, string, unknown?][] = [
    ['GET', '/api/images/batches/{batch}/'],
    ['PUT', '/api/images/batches/{batch}/', { name: 'mine' }],
    ['DELETE', '/api/images/batches/{batch}/'],
    [
      'POST',
      '/api/images/batches/{batch}/upload-urls/',
      { files: [{ name: 'x.jpg', size: 1, type: 'image/jpeg' }] },
    ],
    [
      'POST',
      '/api/images/batches/{batch}/upload/',
      formOf(
        {},
        { images: [{ name: 'x.gif', type: 'image/gif', bytes: new TextEncoder().encode('GIF89a') }] },
      ),
    ],
    ['GET', '/api/images/batches/{batch}/download/'],
    ['POST', '/api/images/batches/{batch}/exports/', {}],
    ['POST', '/api/images/batches/{batch}/exports/', { image_ids: ['{image}'] }],
    ['GET', '/api/exports/{export}/'],
    ['GET', '/api/images/?batch_id={batch}'],
    ['GET', '/api/images/?patient_id={patient}'],
    ['GET', '/api/patients/{patient}/image-summary/'],
    ['GET', '/api/images/{image}/'],
    ['PATCH', '/api/images/{image}/', { caption: 'mine' }],
    ['DELETE', '/api/images/{image}/'],
    ['GET', '/api/images/{image}/data'],
    ['GET', '/api/images/{image}/data?width=10&watermark=mine'],
    ['GET', '/api/images/{image}/thumbnail'],
    ['GET', '/api/images/{image}/download/'],
    ['GET', '/api/v1/images/{image}/download-url'],
    ['GET', '/api/v1/images/{image}/proxy'],
    ['POST', '/api/v1/images/{image}/complete'],
    ['DELETE', '/api/v1/images/{image}'],
    ['GET', '/api/images/batches/?patient_id={patient}'],
    ['POST', '/api/images/batches/', { name: 'mine', object_id: '{patient}' }],
  ];

  test.each(requests)('does not exist for %s %s', async (method, path, body) => {
    const ask = (ids: Record<string, string>) => {
      const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_match, name: string) => ids[name] ?? '');
      const filled = body instanceof FormData ? body : body && fill(JSON.stringify(body));
      return patient2.send(method, fill(path), filled).then(withoutRequestId);
    };
    const theirs = await ask({ batch, image, export: exported, patient: PATIENT_1 });
    const missing = await ask({
      batch: randomUUID(),
      image: randomUUID(),
      export: randomUUID(),
      patient: 'P-9999',
    });
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(missing);
  });

  test('is unchanged', async () => {
    expect(await patient1.json('GET', `/api/images/${image}/`, 200)).toMatchObject({
      caption: '',
      status: 'ready',
    });
    expect(await patient1.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({
      name: 'Visit',
      image_count: 1,
    });
  });

  test('can not be added to a ZIP of one’s own', async () => {
    const own = await createBatch(patient2, PATIENT_2);
    await patient2.json('GET', `/api/images/batches/${own}/download/?image_ids=${image}`, 404);
  });
});

describe('Deletion', () => {
  test.each(['patient-1', 'staff'])('is refused with 403 for %s, who may see the resource', async (user) => {
    const client = await service.as(user);
    const batch = await createBatch(client);
    expect(await client.json('DELETE', `/api/images/batches/${batch}/`, 403)).toMatchObject({
      statusCode: 403,
      error: 'Forbidden',
    });
    await client.json('GET', `/api/images/batches/${batch}/`, 200);
    const [image = ''] = await upload(client, batch, [await photo()]);
    for (const path of ['/api/images', '/api/v1/images']) {
      await client.json('DELETE', `${path}/${image}`, 403);
      await client.json('DELETE', `${path}/${randomUUID()}`, 404);
    }
    await client.json('GET', `/api/images/${image}/`, 200);
  });

  test('is for a doctor and an admin, and the image is then 404 at every endpoint', async () => {
    for (const user of ['doctor', 'admin']) {
      const client = await service.as(user);
      const [image = ''] = await upload(client, await createBatch(client), [await photo()]);
      await client.json('DELETE', `/api/v1/images/${image}`, 204);
      await client.json('DELETE', `/api/v1/images/${image}`, 404);
      await client.json('GET', `/api/images/${image}/`, 404);
    }
  });
});

describe('Callers without a valid token', () => {
  test('are refused, in the error shape, with the id of the request', async () => {
    const response = await anonymous.send('GET', `/api/images/${randomUUID()}/`);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      statusCode: 401,
      message: expect.any(String),
      error: 'Unauthorized',
      details: [],
    });
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Negatoscope"');
    expect(response.headers.get('content-security-policy')).toBe('sandbox');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['plain text', 'Bearer nonsense'],
    [
      'no signature',
      `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`,
    ],
  ])('are refused with %s', async (_title, authorization) => {
    await service.with({ authorization }).json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 401);
  });

  test('are refused with a token that is expired, or issued for another service', async () => {
    for (const client of [
      await service.as('doctor', {}, -10),
      await service.as('doctor', { aud: 'another' }),
      await service.as('doctor', { iss: 'https://elsewhere.example' }),
    ]) {
      await client.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 401);
    }
  });

  test('are refused with a role that does not exist', async () => {
    const client = await service.as('doctor', { 'cognito:groups': ['cleaners'] });
    await client.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 403);
  });

  test('may still read what is public', async () => {
    expect(await anonymous.json('GET', '/health', 200)).toEqual({ status: 'ok' });
    expect(await anonymous.json('GET', '/health/ready', 200)).toEqual({ status: 'ready' });
    await anonymous.json('GET', '/api/nowhere', 404);
  });
});

describe('A bad request is answered with its error', () => {
  let batch: string;
  beforeAll(async () => {
    batch = await createBatch(doctor);
  });
  const file = { name: 'x.jpg', size: 10, type: 'image/jpeg' };
  const uploads = () => `/api/images/batches/${batch}/upload-urls/`;

  test.each<[string, number, () => [string, string, unknown?], string | RegExp]>([
    ['not JSON', 400, () => ['POST', '/api/images/batches/', '{"name":'], /JSON/],
    ['no body', 400, () => ['POST', '/api/images/batches/', ''], /JSON/],
    [
      'an array',
      400,
      () => ['POST', '/api/images/batches/', []],
      'body must be an object; received an array',
    ],
    [
      'a wrong type',
      400,
      () => ['POST', '/api/images/batches/', { name: 1, object_id: 'P-1' }],
      'name must be a string; received 1',
    ],
    ['a missing field', 400, () => ['POST', '/api/images/batches/', { name: 'x' }], 'object_id is required'],
    [
      'an unknown field',
      400,
      () => ['POST', '/api/images/batches/', { name: 'x', object_id: 'P-1', admin: true }],
      'admin is not a known field',
    ],
    [
      'a path for a patient',
      400,
      () => ['POST', '/api/images/batches/', { name: 'x', object_id: '../P-1' }],
      /^object_id must be 1 to 64 letters/,
    ],
    [
      'a lone surrogate',
      400,
      () => ['POST', '/api/images/batches/', '{"name":"a\\ud800b","object_id":"P-1"}'],
      'name must be well-formed Unicode',
    ],
    [
      'a name with a line break',
      400,
      () => ['POST', '/api/images/batches/', { name: 'x\r\nSet-Cookie: a=b', object_id: 'P-1' }],
      'name must hold something to read, and no control characters',
    ],
    [
      'a name of spaces',
      400,
      () => ['POST', '/api/images/batches/', { name: '   ', object_id: 'P-1' }],
      'name must hold something to read',
    ],
    [
      'a hundred thousand errors',
      400,
      () => ['POST', uploads(), { files: Array(100_000).fill(0) }],
      'and more',
    ],
    [
      'a name that is too long',
      400,
      () => ['POST', '/api/images/batches/', { name: 'x'.repeat(256), object_id: 'P-1' }],
      'name must be at most 255 characters long',
    ],
    [
      'an unknown category',
      400,
      () => ['POST', uploads(), { files: [{ ...file, category: 'foot' }] }],
      /^files\[0\]\.category must be one of anterior, .*, other; received "foot"$/,
    ],
    [
      'an oversize file',
      413,
      () => ['POST', uploads(), { files: [{ ...file, size: 10 * 1024 * 1024 + 1 }] }],
      'files[0].size must be at most 10485760 bytes; received 10485761',
    ],
    [
      'a type that is not an image',
      415,
      () => ['POST', uploads(), { files: [{ ...file, type: 'text/html' }] }],
      /^files\[0\]\.type must be one of image\/jpeg, .*received text\/html$/,
    ],
    [
      'an empty file',
      400,
      () => ['POST', uploads(), { files: [{ ...file, size: 0 }] }],
      'files[0].size must be at least 1; received 0',
    ],
    ['too many files', 400, () => ['POST', uploads(), { files: Array(201).fill(file) }], /at most 200/],
    ['no files', 400, () => ['POST', uploads(), { files: [] }], /at least 1/],
    [
      'a truncated checksum',
      400,
      () => ['POST', uploads(), { files: [{ ...file, crc32: 'AAAA' }] }],
      /^files\[0\]\.crc32 must be 4 bytes in base64/,
    ],
    ['an invalid id', 400, () => ['GET', '/api/images/1/'], 'id must be a valid UUID'],
    [
      'a forged cursor',
      400,
      () => ['GET', `/api/images/?batch_id=${batch}&cursor=abc`],
      'cursor is not one that this list gave',
    ],
    [
      'a page size that is too large',
      400,
      () => ['GET', `/api/images/?batch_id=${batch}&limit=1000`],
      'limit must be at most 200; received 1000',
    ],
    [
      'no change',
      400,
      () => ['PATCH', `/api/images/${randomUUID()}/`, {}],
      /must have at least one of category/,
    ],
    [
      'a list without batch or patient',
      400,
      () => ['GET', '/api/images/?category=casts'],
      'batch_id or patient_id must be given, and not both',
    ],
    [
      'a list of a batch and a patient',
      400,
      () => ['GET', `/api/images/?batch_id=${batch}&patient_id=${PATIENT_1}`],
      'batch_id or patient_id must be given, and not both',
    ],
    [
      'many images without changes',
      400,
      () => ['PATCH', '/api/images/', { ids: [randomUUID()] }],
      /must have at least one of category, caption, eye_side, date_taken/,
    ],
    [
      'changes of too many images',
      400,
      () => ['PATCH', '/api/images/', { ids: Array(101).fill('x'), caption: '' }],
      'ids must be at most 100 items long',
    ],
    [
      'an invalid day',
      400,
      () => ['PATCH', `/api/images/${randomUUID()}/`, { date_taken: '2025-02-30' }],
      /date_taken must be an ISO 8601 date/,
    ],
  ])('%s: %i', async (_title, status, request, detail) => {
    const [method, path, body] = request();
    const answer = await doctor.json(method, path, status, body);
    expect(answer).toEqual({
      statusCode: status,
      message: expect.any(String),
      error: expect.any(String),
      details: expect.any(Array),
    });
    expect(answer.details.join('\n')).toMatch(
      detail instanceof RegExp ? new RegExp(detail.source, 'm') : detail,
    );
  });

  test('and nothing of it is stored', async () => {
    expect(await doctor.json('GET', `/api/images/?batch_id=${batch}`, 200)).toEqual({
      images: [],
      next: null,
    });
  });
});

describe('Bytes that are not an image are rejected, with a reason that a person understands', () => {
  /** A PNG with these dimensions in its header, and almost no data. */
  const png = (width: number, height: number): Uint8Array<ArrayBuffer> => {
    const chunk = (type: string, data: Buffer) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    header.writeUInt32BE(width);
    header.writeUInt32BE(height, 4);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
    return new Uint8Array(
      Buffer.concat([
        signature,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(Buffer.alloc(100))),
        chunk('IEND', Buffer.alloc(0)),
      ]),
    );
  };

  const cases: [string, () => Promise<Omit<TestFile, 'name'>>, RegExp][] = [
    [
      'text that is called a PNG',
      async () => ({
        type: 'image/png',
        bytes: new TextEncoder().encode('This is a letter, not a picture.\n'),
      }),
      /text/i,
    ],
    [
      'a PNG of 50,000 × 50,000',
      async () => ({ type: 'image/png', bytes: png(50_000, 50_000) }),
      /2500 megapixels/,
    ],
    [
      'half a JPEG',
      async () => {
        const { bytes, type } = await photo();
        return { type, bytes: bytes.slice(0, bytes.length / 2) };
      },
      /incomplete/,
    ],
    [
      'a page that is called a picture',
      async () => ({
        type: 'image/jpeg',
        bytes: new TextEncoder().encode(
          '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        ),
      }),
      /SVG/,
    ],
  ];

  test.each(cases)('%s', async (name, make, reason) => {
    const batch = await createBatch(doctor);
    const [id = ''] = await upload(doctor, batch, [{ name: `${name}.png`, ...(await make()) }]);
    expect(await decided(doctor, id)).toMatchObject({
      status: 'rejected',
      status_reason: expect.stringMatching(reason),
      thumbnail_url: null,
      s3_key: null,
    });
    expect(await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({ image_count: 0 });
    for (const path of ['data', 'thumbnail']) {
      const { details } = await doctor.json('GET', `/api/images/${id}/${path}`, 404);
      expect(details[0]).toMatch(reason);
    }
  });

  test('and the next valid one is ready', async () => {
    const batch = await createBatch(doctor);
    const [id = ''] = await upload(doctor, batch, [await photo({ format: 'webp' })]);
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready', content_type: 'image/webp' });
  });
});

describe('The cursor of a list', () => {
  let batches: string[];
  let cursor: string;
  beforeAll(async () => {
    batches = [await createBatch(doctor, 'P-3100'), await createBatch(doctor, 'P-3100')];
    cursor = (await doctor.json('GET', '/api/images/batches/?patient_id=P-3100&limit=1', 200)).next;
  });

  test('continues after the last item of the page before', async () => {
    const page = await doctor.json(
      'GET',
      `/api/images/batches/?patient_id=P-3100&limit=5&cursor=${cursor}`,
      200,
    );
    expect(page.batches.map(({ id }: { id: string }) => id)).toEqual([batches[0]]);
  });

  test('is valid for no other person, for no other list, and not after a change', async () => {
    const staff = await service.as('staff');
    await staff.json('GET', `/api/images/batches/?patient_id=P-3100&cursor=${cursor}`, 400);
    await doctor.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}&cursor=${cursor}`, 400);
    await doctor.json('GET', `/api/images/?batch_id=${batches[0]}&cursor=${cursor}`, 400);
    await doctor.json('GET', `/api/images/batches/?patient_id=P-3100&cursor=x${cursor}`, 400);
    await doctor.json('GET', `/api/images/batches/?patient_id=P-3100&cursor=${cursor.split('.')[0]}`, 400);
  });
});
