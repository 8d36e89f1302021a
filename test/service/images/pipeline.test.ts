import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { handle as eraseObjects } from '../../../functions/events/erase-objects/handler.ts';
import { handle as makeThumbnail } from '../../../functions/events/make-thumbnail/handler.ts';
import { toItem } from '../../../lib/data/images/image-writes.ts';
import { deletionBy } from '../../../lib/domain/deletion.ts';
import type { Image } from '../../../lib/domain/images/image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { processImage } from '../../../lib/services/images/process-image.ts';
import { incomingKey, originalKey, renditionKey } from '../../../lib/storage/object-keys.ts';
import { photo } from '../../fixtures/photos.ts';
import { takeDeadLetters } from '../../support/dead-letters.ts';
import { directAccess } from '../../support/direct-access.ts';
import { onlyMessage } from '../../support/only-message.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../../support/service.ts';

const service = useService();
let doctor: Client;
let admin: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  admin = await service.as('admin');
  direct = await directAccess(service);
});

const countOf = async (batch: string) =>
  (await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).image_count;

describe('An event', () => {
  test('that is delivered three times, and in reverse order, changes nothing', async () => {
    const batch = await createBatch(doctor);
    const ids = await upload(doctor, batch, await Promise.all([1, 2, 3].map((seed) => photo({ seed }))));
    const before = await Promise.all(ids.map((id) => decided(doctor, id)));
    for (const id of [...ids, ...ids, ...ids].reverse())
      await makeThumbnail({ key: incomingKey({ id }) }, direct, onlyMessage);
    expect(await Promise.all(ids.map((id) => doctor.json('GET', `/api/images/${id}/`, 200)))).toEqual(before);
    expect(await countOf(batch)).toBe(3);
  });

  test('that is delivered many times at once counts once', async () => {
    const batch = await createBatch(doctor);
    const [id = ''] = await upload(doctor, batch, [await photo()]);
    const event = () => makeThumbnail({ key: incomingKey({ id }) }, direct, onlyMessage);
    // Those that no longer find the upload are delivered again.
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, event));
    for (const each of outcomes)
      if (each.status === 'rejected') expect(String(each.reason)).toMatch(/NoSuchKey|key does not exist/);
    await event();
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
    expect(await countOf(batch)).toBe(1);
  });

  test('for an object that does not exist, or whose image was erased, does no harm', async () => {
    await makeThumbnail({ key: incomingKey({ id: randomUUID() }) }, direct, onlyMessage);
    const erased = randomUUID();
    await direct.erasedImages.remember({ id: erased }, new Date());
    await direct.bucket.write(incomingKey({ id: erased }), (await photo()).bytes, 'image/jpeg');
    await until(async () => (await direct.bucket.read(incomingKey({ id: erased }))) === undefined);
  });

  test('for an upload of an unknown image keeps the upload', async () => {
    const key = incomingKey({ id: randomUUID() });
    await direct.bucket.write(key, (await photo()).bytes, 'image/jpeg');
    await expect(makeThumbnail({ key }, direct, onlyMessage)).rejects.toThrow('has no image');
    expect(await direct.bucket.read(key)).toBeDefined();
    await direct.bucket.delete([key]);
  });
});

describe('Erasing', () => {
  test('an image deletes its objects and lowers its count', async () => {
    const batch = await createBatch(doctor);
    const [id = ''] = await upload(doctor, batch, [await photo()]);
    const { s3_key } = await decided(doctor, id);
    await until(async () => (await direct.bucket.read(incomingKey({ id }))) === undefined);
    const keys = [
      s3_key,
      ...(['thumbnail', 'card', 'png'] as const).map((name) => renditionKey(s3_key, name)),
    ];
    for (const key of keys) expect(await direct.bucket.read(key), key).toBeDefined();
    await admin.json('DELETE', `/api/images/${id}/?erase=true`, 204);
    await doctor.json('GET', `/api/images/${id}/`, 404);
    expect(await countOf(batch)).toBe(0);
    for (const key of keys) await until(async () => (await direct.bucket.read(key)) === undefined);
  });

  test('a batch deletes everything in it', async () => {
    const batch = await createBatch(doctor);
    const ids = await upload(doctor, batch, await Promise.all([1, 2, 3].map((seed) => photo({ seed }))));
    const images = await Promise.all(ids.map((id) => decided(doctor, id)));
    await admin.json('DELETE', `/api/images/batches/${batch}/?erase=true`, 204);
    await doctor.json('GET', `/api/images/batches/${batch}/`, 404);
    for (const { id, s3_key } of images) {
      await doctor.json('GET', `/api/images/${id}/`, 404);
      await until(async () => (await direct.bucket.read(s3_key)) === undefined);
    }
  });

  test('a batch deletes its images also if the request ends in the middle', async () => {
    const batch = await createBatch(doctor);
    const ids = await upload(doctor, batch, [await photo()]);
    await Promise.all(ids.map((id) => decided(doctor, id)));
    const found = await direct.batches.get(batch);
    await direct.batches.delete(
      found as NonNullable<typeof found>,
      deletionBy({ subject: 'd' }, new Date(), direct.limits),
    );
    for (const id of ids) await until(async () => (await direct.images.get(id)) === undefined);
  });

  test('an image while its thumbnails are made leaves nothing behind', async () => {
    const batch = await createBatch(doctor);
    const file = await photo();
    const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, {
      files: [{ name: file.name, size: file.bytes.length, type: file.type }],
    });
    const { id } = uploads[0];
    const written: string[] = [];
    const bucket = {
      head: (of: string) => direct.bucket.head(of),
      readTagged: async () => ({ bytes: file.bytes, etag: '"any"' }),
      copy: async (_from: string, _etag: string, to: string, type: string) => {
        written.push(to);
        await direct.bucket.write(to, file.bytes, type);
        // Exactly in the middle.
        await doctor.json('DELETE', `/api/images/${id}/`, 204);
      },
      write: async (key: string, bytes: Uint8Array, type: string) => {
        written.push(key);
        await direct.bucket.write(key, bytes, type);
      },
      delete: (keys: readonly string[]) => direct.bucket.delete(keys),
    };
    await makeThumbnail({ key: incomingKey({ id }) }, { ...direct, bucket }, onlyMessage);
    expect(written).toHaveLength(4);
    for (const key of written) expect(await direct.bucket.read(key), key).toBeUndefined();
    expect(await countOf(batch)).toBe(0);
  });

  test('an image before its bytes are copied leaves nothing behind, although the rest was written', async () => {
    const batch = await createBatch(doctor);
    const file = await photo();
    const image = newImage(
      {
        id: randomUUID(),
        patientId: PATIENT_1,
        batchId: batch,
        fileName: 'x.jpg',
        mimeType: file.type,
        fileSize: file.bytes.length,
      },
      { role: 'doctor', subject: 'd' },
      new Date(),
    );
    await direct.imageIntake.createPending([image]);
    const key = incomingKey(image);
    const written: string[] = [];
    const bucket = {
      head: (of: string) => direct.bucket.head(of),
      delete: (keys: readonly string[]) => direct.bucket.delete(keys),
      readTagged: async () => ({ bytes: file.bytes, etag: '"any"' }),
      copy: async () => {
        await direct.imageRemovals.erase(image);
        throw new Error('NoSuchKey');
      },
      write: async (to: string, bytes: Uint8Array, type: string) => {
        written.push(to);
        await direct.bucket.write(to, bytes, type);
      },
    };
    await expect(makeThumbnail({ key }, { ...direct, bucket }, onlyMessage)).rejects.toThrow('NoSuchKey');
    expect(written).toHaveLength(3);
    await until(() => direct.erasedImages.has(image.id));
    await makeThumbnail({ key }, direct, onlyMessage);
    for (const each of written) expect(await direct.bucket.read(each), each).toBeUndefined();
  });

  test('a resource that is already deleted is not a failure', async () => {
    const batch = await createBatch(doctor);
    const [id = ''] = await upload(doctor, batch, [await photo()]);
    await decided(doctor, id);
    const image = await direct.images.get(id);
    await doctor.json('DELETE', `/api/images/${id}/`, 204);
    await eraseObjects({ ...image, sk: 'IMAGE' }, direct);
    await direct.imageRemovals.erase(image as NonNullable<typeof image>);
    expect(await countOf(batch)).toBe(0);
  });
});

test('Bytes that replace the inspected ones are not taken for them', async () => {
  const [inspected, other] = await Promise.all([photo({ seed: 1 }), photo({ seed: 2 })]);
  const image = newImage(
    {
      id: randomUUID(),
      patientId: PATIENT_1,
      batchId: await createBatch(doctor),
      fileName: 'x.jpg',
      mimeType: inspected.type,
      fileSize: inspected.bytes.length,
    },
    { role: 'doctor', subject: 'd' },
    new Date(),
  );
  await direct.imageIntake.createPending([image]);
  // A key for which S3 sends no event.
  const key = `images/${image.id}/uploaded`;
  await direct.bucket.write(key, inspected.bytes, inspected.type);
  const bucket = {
    write: (to: string, bytes: Uint8Array, type: string) => direct.bucket.write(to, bytes, type),
    delete: (keys: readonly string[]) => direct.bucket.delete(keys),
    copy: (from: string, etag: string, to: string, type: string) => direct.bucket.copy(from, etag, to, type),
    readTagged: async () => {
      const found = await direct.bucket.readTagged(key);
      await direct.bucket.write(key, other.bytes, other.type);
      return found;
    },
  };
  await expect(processImage(key, image, { ...direct, bucket })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect(await direct.images.get(image.id)).toMatchObject({ status: 'pending' });
  expect(await direct.bucket.read(originalKey(image, 'image/jpeg'))).toBeUndefined();

  // The next attempt inspects what is there now: these bytes are not the announced ones.
  expect(await processImage(key, image, direct)).toBe(true);
  expect(await direct.images.get(image.id)).toMatchObject({
    status: 'rejected',
    statusReason: expect.stringContaining('were announced'),
  });
});

describe('If the store sends no events', () => {
  test('the client reports the end of an upload, as often as it likes', async () => {
    const batch = await createBatch(doctor);
    const file = await photo();
    const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, {
      files: [{ name: file.name, size: file.bytes.length, type: file.type }],
    });
    const { id } = uploads[0];
    const failedImage = async () => {
      const found = await doctor.json('GET', `/api/images/${id}/`, 200);
      return found.status === 'failed' && found;
    };
    const complete = (status: number) => doctor.json('POST', `/api/v1/images/${id}/complete`, status);
    await complete(409);

    // Their event finds that earlier checks ended their processes; after that they are as if it had not been sent.
    const image = (await direct.images.get(id)) as Image;
    const key = incomingKey({ id });
    for (const hoursAgo of [4, 3, 2, 1])
      await direct.checkAttempts.begin(key, new Date(Date.now() - hoursAgo * 3_600_000));
    await direct.bucket.write(key, file.bytes, file.type);
    expect(await until(failedImage)).toMatchObject({ status_reason: expect.stringContaining('kept') });
    await takeDeadLetters(service, inject('cdkOut'), 'make-thumbnail');
    await direct.checkAttempts.end(key, new Date());
    await direct.putItem(toItem(image));

    expect(await complete(202)).toMatchObject({ id, status: 'pending' });
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
    expect(await complete(202)).toMatchObject({ id, status: 'ready' });
    expect(await countOf(batch)).toBe(1);
  });
});
