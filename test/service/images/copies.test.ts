import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CopyDeps, serveCopy } from '../../../lib/services/images/image-copies.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { VARIANT_HEADER } from '../../../lib/storage/signed-objects.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import {
  type Client,
  createBatch,
  decided,
  type TestFile,
  until,
  upload,
  useService,
} from '../../support/service.ts';

const service = useService();
let doctor: Client;
let admin: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
let file: TestFile;
let imageId: string;

beforeAll(async () => {
  doctor = await service.as('doctor');
  admin = await service.as('admin');
  direct = await directAccess(service);
  file = await photo({ width: 600, height: 400, orientation: 6, name: 'Ferse "links".jpg' });
  imageId = await ready(file);
});

async function ready(photograph: TestFile): Promise<string> {
  const [id = ''] = await upload(doctor, await createBatch(doctor), [photograph]);
  expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  return id;
}

const pathOf = (query: Record<string, string | number>, id = imageId) =>
  `/api/images/${id}/data?${new URLSearchParams(query as Record<string, string>)}`;

async function ask(query: Record<string, string | number>, headers: Record<string, string> = {}) {
  const response = await doctor.send('GET', pathOf(query), undefined, headers);
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Every place where a copy of the image can be stored, and what is there. */
async function kept(original: string) {
  const places = Array.from({ length: 16 }, (_value, place) =>
    original.replace(/\.[a-z]+$/, `_copy${place}`),
  );
  const found = await Promise.all(
    places.map(async (key) => ({ key, object: await direct.objects.find(key) })),
  );
  return Promise.all(
    found.flatMap(({ key, object }) =>
      object
        ? [buffer(object).then((bytes) => ({ key, bytes, variant: String(object.headers[VARIANT_HEADER]) }))]
        : [],
    ),
  );
}

describe('A copy of an image', () => {
  test.each([
    ['jpeg', 'image/jpeg', 'jpg', 'jpeg'],
    ['png', 'image/png', 'png', 'png'],
    ['webp', 'image/webp', 'webp', 'webp'],
    ['avif', 'image/avif', 'avif', 'heif'],
  ])('is returned as %s, upright and with the requested width', async (format, type, extension, found) => {
    const { response, bytes } = await ask({ format, width: 100 });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'content-disposition': `inline; filename="Ferse \\"links\\".${extension}"`,
      'cache-control': 'no-cache, no-store, must-revalidate',
      'content-length': String(bytes.length),
      etag: expect.stringMatching(/^".+"$/),
      'accept-ranges': 'bytes',
    });
    const { exif, ...header } = await sharp(bytes).metadata();
    expect(header).toMatchObject({ format: found, width: 100, height: 150 });
    expect(exif).toBeUndefined();
  });

  test('is stored for the next request, and not made again', async () => {
    const { s3_key } = await doctor.json('GET', `/api/images/${imageId}/`, 200);
    const before = (await kept(s3_key)).map(({ variant }) => variant);
    const first = await ask({ width: 77 });
    const [copy] = (await kept(s3_key)).filter(({ variant }) => !before.includes(variant));
    expect(copy?.bytes.equals(first.bytes)).toBe(true);
    const other = { bytes: Buffer.from('another'), mimeType: 'image/jpeg' };
    await direct.objects.replace(copy?.key ?? '', { ...other, variant: copy?.variant ?? '' });
    expect((await ask({ width: 77 })).bytes.toString()).toBe('another');
    // Another object under the same key is not served as this copy; the copy replaces it.
    await direct.objects.replace(copy?.key ?? '', { ...other, variant: 'f'.repeat(32) });
    expect((await ask({ width: 77 })).bytes.equals(first.bytes)).toBe(true);
    expect((await kept(s3_key)).some(({ variant }) => variant === copy?.variant)).toBe(true);
  });

  test('that is requested many times at once is the same for all', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => ask({ width: 301, format: 'webp' })));
    expect(all.map(({ response }) => response.status)).toEqual(Array(6).fill(200));
    const hashes = all.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
    expect(new Set(hashes).size).toBe(1);
    expect(new Set(all.map(({ response }) => response.headers.get('etag'))).size).toBe(1);
  });

  test('is not sent again to a client that has it, and can be requested in ranges', async () => {
    const { response, bytes } = await ask({ width: 90 });
    const etag = response.headers.get('etag') ?? '';
    const again = await ask({ width: 90 }, { 'if-none-match': etag });
    expect([again.response.status, again.response.headers.get('etag'), again.bytes.length]).toEqual([
      304,
      etag,
      0,
    ]);
    // The entity tag of another copy, or of the original, is not the tag of this one.
    expect((await ask({ width: 91 }, { 'if-none-match': etag })).response.status).toBe(200);
    const range = await ask({ width: 90 }, { range: 'bytes=10-', 'if-range': etag });
    expect(range.response.status).toBe(206);
    expect(range.response.headers.get('content-range')).toBe(`bytes 10-${bytes.length - 1}/${bytes.length}`);
    expect(range.bytes.equals(bytes.subarray(10))).toBe(true);
    expect((await ask({ width: 90 }, { range: 'bytes=9999999-' })).response.status).toBe(416);
  });

  test('is the same for an equal query in another form, and is never enlarged', async () => {
    const { response, bytes } = await ask({ width: 4000 });
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 400, height: 600, format: 'jpeg' });
    const same = await ask({ width: 400, format: 'jpeg', quality: 85 });
    expect(same.response.headers.get('etag')).toBe(response.headers.get('etag'));
  });

  test('has its watermark, in the function as it is deployed', async () => {
    const plain = await ask({ format: 'png' });
    for (const watermark of ['Copy & Söhne <b>', '患者 😀', `&#0;"'</svg>`]) {
      const { response, bytes } = await ask({ format: 'png', watermark });
      expect(response.status).toBe(200);
      const [before, after] = await Promise.all(
        [plain.bytes, bytes].map((png) => sharp(png).raw().toBuffer()),
      );
      const differing = after?.filter((value, i) => Math.abs(value - (before?.[i] ?? 0)) > 20).length ?? 0;
      expect(differing / (after?.length ?? 1)).toBeGreaterThan(0.01);
    }
  });

  test.each([
    [{ width: 0 }, /^width/],
    [{ width: 4001 }, /^width/],
    [{ quality: 101 }, /^quality/],
    [{ format: 'png', quality: 80 }, /^quality/],
    [{ format: 'gif' }, /^format/],
    [{ watermark: 'a\nb' }, /^watermark/],
    [{ watermark: 'a'.repeat(101) }, /^watermark/],
    [{ hight: 10 }, /hight/],
  ])('is refused with the reason for %j', async (query, reason) => {
    const { details } = await doctor.json('GET', pathOf(query as never), 400);
    expect(details).toEqual([expect.stringMatching(reason)]);
  });

  test('loads libvips; a request for an original does not', () => {
    const bundle = join(import.meta.dirname, '../../../dist/get-image-data/index.cjs');
    const script = `globalThis.awslambda = { streamifyResponse: (handler) => handler };
      const { handler } = require(${JSON.stringify(bundle)});
      const loaded = () => Object.keys(require.cache).filter((file) => /[\\/]sharp[\\/]/.test(file)).length;
      console.log(typeof handler, loaded(), require('sharp') && loaded() > 0);`;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('function 0 true\n');
  });

  test('leaves the original unchanged', async () => {
    const response = await doctor.send('GET', `/api/images/${imageId}/data`);
    expect(response.headers.get('etag')).toBe(`"${imageId}"`);
    expect(Buffer.from(await response.arrayBuffer()).equals(file.bytes)).toBe(true);
  });

  test('is refused for pending, rejected and unknown images', async () => {
    const batch = await createBatch(doctor);
    const files = [{ name: 'x.jpg', size: 5, type: 'image/jpeg' }];
    const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, {
      files,
    });
    const { id } = uploads[0];
    expect(await doctor.json('GET', pathOf({ width: 10 }, id), 404)).toMatchObject({
      details: ['its upload is not complete'],
    });
    await direct.bucket.write(incomingKey({ id }), Buffer.from('12345'), 'x/y');
    await decided(doctor, id);
    expect((await doctor.json('GET', pathOf({ width: 10 }, id), 404)).details).toEqual([
      expect.stringMatching(/^it was rejected: /),
    ]);
    await doctor.json('GET', pathOf({ width: 10 }, randomUUID()), 404);
  });
});

describe('The copies of an image', () => {
  test('are all erased with it', async () => {
    const id = await ready(await photo({ seed: 7 }));
    const { s3_key } = await doctor.json('GET', `/api/images/${id}/`, 200);
    for (let width = 1; width <= 40; width++) {
      expect((await doctor.send('GET', pathOf({ width, watermark: `${width}` }, id))).status).toBe(200);
    }
    const copies = await kept(s3_key);
    expect(copies.length).toBeGreaterThan(8);
    expect(copies.length).toBeLessThanOrEqual(16);
    await admin.json('DELETE', `/api/images/${id}/?erase=true`, 204);
    await until(async () => (await kept(s3_key)).length === 0);
    await doctor.json('GET', pathOf({ width: 1, watermark: '1' }, id), 404);
  });

  test('are erased also when the image is erased while a copy is made', async () => {
    const id = await ready(await photo({ seed: 8 }));
    const { s3_key } = await doctor.json('GET', `/api/images/${id}/`, 200);
    const objects: CopyDeps['objects'] = {
      read: (key) => direct.objects.read(key),
      find: (key) => direct.objects.find(key),
      replace: async (key, object) => {
        await admin.json('DELETE', `/api/images/${id}/?erase=true`, 204);
        // The copy is written only after everything is erased.
        await until(async () => (await direct.bucket.read(s3_key)) === undefined);
        await direct.objects.replace(key, object);
        expect(await kept(s3_key)).toHaveLength(1);
      },
      delete: (key) => direct.objects.delete(key),
    };
    const asked = {
      caller: { role: 'doctor', subject: 'd' } as const,
      params: { id },
      query: { width: 50 },
      headers: {},
    };
    await expect(
      serveCopy(asked, {}, { images: direct.images, objects, countRequest: async () => {} }),
    ).rejects.toThrow('There is no such image.');
    expect(await kept(s3_key)).toEqual([]);
  });
});
