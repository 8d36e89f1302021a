import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { handle as buildArchive } from '../../functions/events/build-archive/handler.ts';
import { exportKey } from '../../lib/data/keys.ts';
import { newAuditContext } from '../../lib/domain/audit/audit-context.ts';
import { selectForArchive } from '../../lib/domain/batches/archive.ts';
import type { Batch } from '../../lib/domain/batches/batch.ts';
import type { Export } from '../../lib/domain/exports/export.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { manifestOf, startExport } from '../../lib/services/exports/start-export.ts';
import { archiveKey, manifestKey, originalKey } from '../../lib/storage/object-keys.ts';
import { directAccess } from '../support/direct-access.ts';
import { listen } from '../support/listener.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, until, useService } from '../support/service.ts';
import { unzip } from '../support/unzip.ts';

/** An archive in the answer. */
interface Archive {
  file_name: string;
  images: number;
  bytes: number;
  url: string;
}

const service = useService();
const MB = 1024 * 1024;
const caller = { role: 'doctor', subject: 'd' } as const;
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = await directAccess(service);
});

/** A batch with ready images of this number of bytes, written as the pipeline would write them. */
async function batchOf(...sizes: number[]) {
  const id = await createBatch(doctor, PATIENT_1, 'Füße');
  const files = new Map<string, Buffer>();
  for (const [index, size] of sizes.entries()) {
    const bytes = randomBytes(size);
    const given = {
      id: randomUUID(),
      patientId: PATIENT_1,
      batchId: id,
      fileName: `${index}.jpg`,
      order: index,
    };
    const facts = {
      mimeType: 'image/jpeg' as const,
      fileSize: size,
      crc32: base64Crc32(bytes),
      hasPreview: false,
    };
    const image = newImage({ ...given, ...facts }, caller, direct.now());
    const key = originalKey(image, facts.mimeType);
    await direct.bucket.write(key, bytes, facts.mimeType);
    await direct.imageIntake.createPending([image]);
    expect(await direct.imageDecisions.markReady(image, { ...facts, key }, direct.now())).toBe('done');
    files.set(image.id, bytes);
  }
  return { id, files, batch: (await direct.batches.get(id)) as Batch };
}

/** Another person for each test, who has no unfinished export. */
const newRequester = () => ({ patientId: PATIENT_1, requestedBy: randomUUID() });

const start = (batch: string, body: object = {}, status = 202) =>
  doctor.json('POST', `/api/images/batches/${batch}/exports/`, status, body);

const ready = (statusUrl: string) =>
  until(async () => {
    const answer = await doctor.json('GET', statusUrl, 200);
    return answer.status === 'ready' && answer;
  });

describe('An export', () => {
  test('is the same archive as a download, has several parts, and can be requested in ranges', async () => {
    const { id, files } = await batchOf(9 * MB, 5 * MB, 7 * MB, 10);
    const { id: exportId, status_url } = await start(id);
    expect(status_url).toBe(`/api/exports/${exportId}`);
    const { url, progress, archives, expires_at } = await ready(status_url);
    expect(progress).toBe(1);
    expect(archives).toEqual([{ file_name: 'Füße.zip', images: 4, bytes: expect.any(Number), url }]);
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThanOrEqual(24);

    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toContain(`filename*=UTF-8''F%C3%BC%C3%9Fe.zip`);
    const zip = Buffer.from(await response.arrayBuffer());
    const streamed = await doctor.send('GET', `/api/images/batches/${id}/download/`);
    expect(Buffer.from(await streamed.arrayBuffer()).equals(zip)).toBe(true);
    const entries = [...(await unzip(zip)).values()];
    expect(entries.map((entry) => entry?.length)).toEqual([...files.values()].map(({ length }) => length));

    const rest = await fetch(url, { headers: { range: 'bytes=1000000-' } });
    expect(rest.status).toBe(206);
    expect(Buffer.from(await rest.arrayBuffer()).equals(zip.subarray(1_000_000))).toBe(true);
  });

  test('may be asked for without a body, of the whole batch, also with a key', async () => {
    const { id } = await batchOf(10);
    const path = `/api/images/batches/${id}/exports/`;
    const keyed = await doctor.send('POST', path, undefined, { 'idempotency-key': randomUUID() });
    expect(keyed.status).toBe(202);
    const { id: exportId } = (await keyed.json()) as { id: string };
    expect(await doctor.json('POST', path, 202)).toMatchObject({ id: exportId });
    expect(await start(id)).toMatchObject({ id: exportId });
  });

  test('of the same images is the same while it exists; of other images it is another', async () => {
    const { id, files } = await batchOf(10, 20);
    const [first] = files.keys();
    const all = await start(id);
    const { url } = await ready(all.status_url);
    expect(await start(id)).toEqual(all);
    expect(await start(id, { image_ids: [...files.keys()] })).toEqual(all);
    expect(new URL((await ready(all.status_url)).url).pathname).toBe(new URL(url).pathname);
    const some = await start(id, { image_ids: [first] });
    expect(some.id).not.toBe(all.id);
    const zip = await (await fetch((await ready(some.status_url)).url)).arrayBuffer();
    expect((await unzip(Buffer.from(zip))).size).toBe(1);
  });

  test('has every selected image, or is refused', async () => {
    const { id, files } = await batchOf(10);
    const missing = randomUUID();
    const { details } = await start(id, { image_ids: [...files.keys(), missing] }, 404);
    expect(details).toEqual([`image_ids: ${missing} is not a ready image of this batch`]);
    await start(await createBatch(doctor), {}, 404);
    await start(id, { image_ids: [] }, 400);
  });

  test('is not available after it expires, and is deleted with its batch', async () => {
    const { id, batch } = await batchOf(10);
    const { status_url } = await start(id);
    const { url } = await ready(status_url);
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const yesterday = () => new Date(Date.now() - 86_400_000 - 1000);
    const old = { ...direct, objects: direct.objects, now: yesterday };
    const expired = { ...batch, name: 'expired' };
    const { status_url: gone } = await startExport(newRequester(), manifestOf(expired, images), old);
    await doctor.json('GET', gone, 404);

    await doctor.json('DELETE', `/api/images/batches/${id}/`, 204);
    await doctor.json('GET', status_url, 404);
    await until(async () => !(await fetch(url)).ok);
  });

  test('and its copy are deleted when an image in it is deleted', async () => {
    const { id, files } = await batchOf(10, 20);
    const [first] = files.keys();
    const { status_url } = await start(id);
    const { url } = await ready(status_url);
    await doctor.json('DELETE', `/api/images/${first}/`, 204);
    await until(async () => (await doctor.send('GET', status_url)).status === 404);
    await until(async () => !(await fetch(url)).ok);
    // The event of the deletion ends the exports of the batch once more, possibly after the new one has begun: a client then asks
    // again.
    const rest = await until(async () => {
      const answer = await doctor.send('GET', (await start(id)).status_url);
      const { url } = (await answer.json()) as { url?: string };
      const response = url === undefined ? undefined : await fetch(url);
      return response?.ok && response.arrayBuffer();
    });
    expect((await unzip(Buffer.from(rest))).size).toBe(1);
  });

  test('is deleted with its objects when it leaves the table', async () => {
    const { id } = await batchOf(10);
    const { id: exportId, status_url } = await start(id);
    await ready(status_url);
    const found = (await direct.exports.get(exportId, direct.now())) as Export;
    await direct.table.client.send(
      new DeleteCommand({ TableName: direct.table.name, Key: exportKey(exportId) }),
    );
    for (const key of [manifestKey(found, 0), archiveKey(found, 0)]) {
      await until(async () => (await direct.bucket.read(key)) === undefined);
    }
  });
});

describe('Unfinished archives of one person', () => {
  test('are two at most; an existing one may be requested again, and other persons have their own', async () => {
    const manifest = async (name: string) => {
      const { id, batch } = await batchOf(10);
      const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
      return { id, manifest: manifestOf({ ...batch, name }, images) };
    };
    // Without their manifests, so that no function makes them.
    const deps = { ...direct, objects: { create: async () => {} } };
    const person = newRequester();
    const [a, b, c, d, e] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(manifest));
    if (!a || !b || !c || !d || !e) throw new Error('no manifests');
    const begun: Awaited<ReturnType<typeof startExport>>[] = [];
    for (const each of [a, b]) begun.push(await startExport(person, each.manifest, deps));
    await expect(startExport(person, d.manifest, deps)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      details: ['2 of your archives are being made; at most 2 may be'],
      headers: { 'retry-after': '30' },
    });
    expect(await startExport(person, a.manifest, deps)).toEqual(begun[0]);

    await startExport(newRequester(), d.manifest, deps);

    // What is ready, failed or deleted does not count.
    const exportOf = async (index: number) =>
      (await direct.exports.get(begun[index]?.id ?? '', direct.now())) as Export;
    await direct.exports.markReady(await exportOf(0), 0);
    await startExport(person, c.manifest, deps);
    await direct.exports.endAllOf(await exportOf(1));
    await startExport(person, e.manifest, deps);
  });

  test('are two at most also if many are requested at the same time', async () => {
    const person = newRequester();
    const deps = { ...direct, objects: { create: async () => {} } };
    const { id, batch } = await batchOf(10);
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const all = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
        startExport(person, manifestOf({ ...batch, name }, images), deps),
      ),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });
});

describe('A download', () => {
  test('that is too large for a stream becomes an export', async () => {
    // An object of the Lambda runtime, which a streaming handler reads when it is loaded.
    vi.stubGlobal('awslambda', { streamifyResponse: (handler: unknown) => handler });
    const { handle: downloadBatch } = await import('../../functions/batches/download-batch/handler.ts');
    const { id, files } = await batchOf(30, 31);
    const request = {
      caller,
      params: { id },
      query: { image_ids: undefined },
      body: undefined,
      origin: '',
      auditContext: newAuditContext(),
      headers: {},
    };
    const deps = { ...direct, objects: direct.objects };
    const small = await downloadBatch(request, { ...deps, limits: { ...direct.limits, zipBytes: 61 } });
    expect(small).toMatchObject({ headers: { 'content-type': 'application/zip' } });
    const large = await downloadBatch(request, { ...deps, limits: { ...direct.limits, zipBytes: 60 } });
    if (!('accepted' in large) || !large.accepted) throw new Error('it is streamed');
    const zip = await (await fetch((await ready(large.accepted.status_url)).url)).arrayBuffer();
    expect((await unzip(Buffer.from(zip))).size).toBe(files.size);
  });
});

describe('The making of an archive', () => {
  /** An export that only the test makes: its manifest is there without its event. */
  async function startedExport(...sizes: number[]) {
    const { id, batch } = await batchOf(...sizes);
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const manifest = manifestOf(batch, images);
    const kept: { key: string; bytes: Uint8Array }[] = [];
    const objects = {
      create: async (key: string, { bytes }: { bytes: Uint8Array }) => void kept.push({ key, bytes }),
    };
    const { id: exportId, status_url } = await startExport(newRequester(), manifest, { ...direct, objects });
    const { key, bytes } = kept[0] as (typeof kept)[number];
    const originals = {
      read: async (wanted: string) => {
        return (
          wanted === key ? Readable.from([Buffer.from(bytes)]) : await direct.objects.read(wanted)
        ) as never;
      },
    };
    const found = async () => (await direct.exports.get(exportId, direct.now())) as Export;
    return { key, status_url, manifest, found, deps: { ...direct, objects: originals } };
  }

  test('that ends in the middle is started again, and leaves no unfinished upload behind', async () => {
    const { key, found, status_url, deps } = await startedExport(9 * MB, 9 * MB);
    // What a killed function leaves: a part, and a record of its upload.
    const archive = archiveKey(await found(), 0);
    const uploadId = await direct.archives.begin(archive, 'application/zip');
    await direct.exports.markRunning(await found(), 0, uploadId);
    await direct.exports.markProgress(await found(), 0, 8 * MB);
    expect(await doctor.json('GET', status_url, 200)).toMatchObject({ status: 'running', progress: 0.44 });

    await buildArchive({ key }, deps);
    const { url } = await ready(status_url);
    expect((await unzip(Buffer.from(await (await fetch(url)).arrayBuffer()))).size).toBe(2);
    const late = direct.archives.write(
      archive,
      uploadId,
      (async function* () {
        yield randomBytes(10);
      })(),
      base64Crc32,
      async () => {},
    );
    await expect(late).rejects.toThrow(/upload does not exist/);
  });

  test('that fails says so, is retried, and can be requested again at once', async () => {
    const { key, found, status_url, manifest, deps } = await startedExport(10, 20);
    const [, second] = manifest.entries;
    const broken = {
      read: async (wanted: string) => {
        if (wanted === second?.key) throw new Error('S3 answered 404');
        return deps.objects.read(wanted);
      },
    };
    await expect(buildArchive({ key }, { ...deps, objects: broken })).rejects.toThrow('404');
    const answer = await doctor.json('GET', status_url, 200);
    expect(answer).toMatchObject({
      status: 'failed',
      reason: 'An archive could not be written; ask for the export again.',
    });
    expect(answer.url).toBeUndefined();
    const failed = await found();
    await buildArchive({ key }, deps);
    expect(await found()).toMatchObject({ run: failed.run, status: 'ready' });
  });

  test('never takes damaged bytes for an image', async () => {
    const { key, found, manifest, deps } = await startedExport(1000);
    await direct.bucket.write(manifest.entries[0]?.key ?? '', randomBytes(1000), 'image/jpeg');
    await expect(buildArchive({ key }, deps)).rejects.toThrow(/CRC-32/);
    expect(await direct.bucket.read(archiveKey(await found(), 0))).toBeUndefined();
  });

  test('is refused by S3 where a part arrives damaged', async () => {
    const { key, found, deps } = await startedExport(1000);
    const damaging = {
      begin: deps.archives.begin.bind(deps.archives),
      abort: deps.archives.abort.bind(deps.archives),
      write: (...[target, uploadId, source, , onPart]: Parameters<typeof deps.archives.write>) =>
        deps.archives.write(target, uploadId, source, () => 'AAAAAA==', onPart),
    };
    await expect(buildArchive({ key }, { ...deps, archives: damaging })).rejects.toThrow(/CRC32/);
    expect(await direct.bucket.read(archiveKey(await found(), 0))).toBeUndefined();
  });

  test('is done once, however often its event is delivered, and not at all for deleted images', async () => {
    const { key, found, deps } = await startedExport(10);
    await buildArchive({ key }, deps);
    const archive = await buffer(await direct.objects.read(archiveKey(await found(), 0)));
    const nobody = { begin: () => Promise.reject(new Error('begun again')) } as never;
    await buildArchive({ key }, { ...deps, archives: nobody });
    await buildArchive(
      { key: manifestKey({ id: randomUUID(), run: randomUUID() }, 0) },
      { ...deps, archives: nobody },
    );
    const again = await buffer(await direct.objects.read(archiveKey(await found(), 0)));
    expect(again.equals(archive)).toBe(true);
  });

  test('leaves nothing behind if an image is deleted meanwhile', async () => {
    const { key, found, manifest, deps } = await startedExport(10, 20);
    const before = await found();
    const deleting = {
      read: async (wanted: string) => {
        if (wanted === manifest.entries[1]?.key) await direct.exports.endAllOf(manifest);
        return deps.objects.read(wanted);
      },
    };
    await buildArchive({ key }, { ...deps, objects: deleting });
    expect(await found()).toBeUndefined();
    expect(await direct.bucket.read(archiveKey(before, 0))).toBeUndefined();
  });

  test('is completed also when its event is delivered many times at once', async () => {
    const { key, status_url, deps } = await startedExport(9 * MB, 10);
    const all = await Promise.allSettled(Array.from({ length: 4 }, () => buildArchive({ key }, deps)));
    // An invocation that lost its upload to another one starts again.
    if (all.some(({ status }) => status === 'rejected')) await buildArchive({ key }, deps);
    const zip = await (await fetch((await ready(status_url)).url)).arrayBuffer();
    expect((await unzip(Buffer.from(zip))).size).toBe(2);
  });

  test('is started by the next request if the first one ended before it wrote its manifest', async () => {
    const { id, batch } = await batchOf(10);
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const dying = { create: () => Promise.reject(new Error('killed')) };
    await expect(
      startExport(newRequester(), manifestOf(batch, images), { ...direct, objects: dying }),
    ).rejects.toThrow('killed');
    await ready((await start(id)).status_url);
  });
});

describe('An export of more than one invocation can write', () => {
  /** An export of five images in archives of two, which only the test makes. */
  async function startedInParts() {
    const { id, batch } = await batchOf(10, 20, 30, 40, 50);
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const kept = new Map<string, Uint8Array>();
    const limits = { ...direct.limits, archiveImages: 2 };
    const objects = {
      create: async (key: string, { bytes }: { bytes: Uint8Array }) => void kept.set(key, bytes),
    };
    const begin = () =>
      startExport(newRequester(), manifestOf(batch, images), { ...direct, limits, objects });
    const { id: exportId, status_url } = await begin();
    const read = async (wanted: string) => {
      const manifest = kept.get(wanted);
      return (manifest ? Readable.from([Buffer.from(manifest)]) : await direct.objects.read(wanted)) as never;
    };
    const found = async () => (await direct.exports.get(exportId, direct.now())) as Export;
    return {
      keys: [...kept.keys()],
      status_url,
      batch,
      found,
      begin,
      read,
      deps: { ...direct, objects: { read } },
    };
  }
  const progressOf = async (url: string) => {
    const { status, progress, archives, url: only } = await doctor.json('GET', url, 200);
    return { status, progress, archives, url: only };
  };

  test('is several archives, which are shown together when the last one is ready', async () => {
    const { keys, status_url, batch, deps, found } = await startedInParts();
    expect(keys).toHaveLength(3);
    expect(await progressOf(status_url)).toMatchObject({ status: 'waiting', progress: 0 });
    const staff = await listen(service, 'staff');
    const { id } = await found();
    const readyMessages = () => staff.messages.filter((message) => message.export?.id === id);
    for (const key of keys.slice(0, 2)) {
      await buildArchive({ key }, deps);
      expect(await progressOf(status_url)).toMatchObject({ status: 'running', archives: undefined });
    }
    const { progress } = await progressOf(status_url);
    expect(progress).toBeGreaterThan(0.3);
    expect(progress).toBeLessThan(1);
    await buildArchive({ key: keys[2] ?? '' }, deps);
    const answer = await progressOf(status_url);
    expect(answer).toMatchObject({ status: 'ready', progress: 1, url: undefined });
    const { archives } = answer;
    expect(archives.map(({ file_name, images }: Archive) => [file_name, images])).toEqual([
      [`${batch.name} (1 of 3).zip`, 2],
      [`${batch.name} (2 of 3).zip`, 2],
      [`${batch.name} (3 of 3).zip`, 1],
    ]);
    const names: string[] = [];
    for (const { url, bytes, images } of archives) {
      const response = await fetch(url);
      const zip = Buffer.from(await response.arrayBuffer());
      expect(zip).toHaveLength(bytes);
      expect(response.headers.get('content-disposition')).toContain('of%203');
      const entries = await unzip(zip);
      expect(entries.size).toBe(images);
      names.push(...entries.keys());
    }
    expect(new Set(names).size).toBe(5);
    // All of them end with their batch.
    await staff.waitFor((message) => message.export?.id === id);
    await doctor.json('DELETE', `/api/images/batches/${batch.id}/`, 204);
    for (const { url } of archives) await until(async () => !(await fetch(url)).ok);
    expect(readyMessages()).toHaveLength(1);
  });

  test('fails as a whole if one archive fails, and is ready after its next attempt', async () => {
    const { keys, status_url, read, deps, found } = await startedInParts();
    const [first = '', second = '', third = ''] = keys;
    await buildArchive({ key: first }, deps);
    const broken = {
      read: async (wanted: string) => {
        if (wanted !== second && !keys.includes(wanted)) throw new Error('S3 answered 404');
        return read(wanted);
      },
    };
    await expect(buildArchive({ key: second }, { ...deps, objects: broken })).rejects.toThrow('404');
    // Others that are written later change nothing of that.
    await buildArchive({ key: third }, deps);
    const failed = await doctor.json('GET', status_url, 200);
    expect(failed).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('could not be written'),
    });
    expect([failed.url, failed.archives]).toEqual([undefined, undefined]);
    const { run } = await found();
    await buildArchive({ key: second }, deps);
    expect(await found()).toMatchObject({ run, status: 'ready' });
  });

  test('that failed is made again as a whole if it is requested again', async () => {
    const { keys, found, begin, deps } = await startedInParts();
    const [first = '', second = ''] = keys;
    await buildArchive({ key: first }, deps);
    await direct.exports.markFailed(await found(), 1, 'no');
    const { run } = await found();
    await begin();
    const again = await found();
    expect(again.run).not.toBe(run);
    expect(again.archives.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting']);
    // An event of the former run does nothing.
    const nobody = { begin: () => Promise.reject(new Error('begun')) } as never;
    await buildArchive({ key: second }, { ...deps, archives: nobody });
    expect(await found()).toEqual(again);
  });

  test('is ready once and whole, however often and at the same time its events are delivered', async () => {
    const { keys, status_url, deps, found } = await startedInParts();
    const deliver = () => Promise.allSettled([...keys, ...keys].map((key) => buildArchive({ key }, deps)));
    await deliver();
    await until(async () => {
      await deliver();
      return (await found()).status === 'ready';
    });
    const before = (await progressOf(status_url)).archives;
    const bytesOf = async ({ url }: Archive) => Buffer.from(await (await fetch(url)).arrayBuffer());
    const zips = await Promise.all(before.map(bytesOf));
    await deliver();
    const after = await Promise.all((await progressOf(status_url)).archives.map(bytesOf));
    expect(after.every((zip, index) => zip.equals(zips[index] as Buffer))).toBe(true);
  });
});
