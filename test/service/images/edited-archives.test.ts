import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { handle as buildArchive } from '../../../functions/events/build-archive/handler.ts';
import { exportKey } from '../../../lib/data/keys.ts';
import { selectForArchive } from '../../../lib/domain/batches/archive.ts';
import type { Batch } from '../../../lib/domain/batches/batch.ts';
import type { Export } from '../../../lib/domain/exports/export.ts';
import { manifestOf, startExport } from '../../../lib/services/exports/start-export.ts';
import { archiveKey, exportedCopyKeys } from '../../../lib/storage/object-keys.ts';
import { pdf, RED_SQUARE } from '../../fixtures/pdfs.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  type TestFile,
  until,
  upload,
  useService,
} from '../../support/service.ts';
import { unzip } from '../../support/unzip.ts';

const service = useService();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
let files: TestFile[];
beforeAll(async () => {
  [doctor, direct] = await Promise.all([service.as('doctor'), directAccess(service)]);
  files = [
    await photo({ width: 300, height: 200, name: 'heel.png', format: 'png', seed: 1 }),
    await photo({ width: 300, height: 200, name: 'heel.jpeg', seed: 2 }),
    await photo({ width: 300, height: 200, name: 'plain.png', format: 'png', seed: 3 }),
  ];
});

const edit = (id: string, steps: object | null, version = 0) =>
  doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps, version });

/** A batch of files; the first two are edited. */
async function editedBatch(of = files) {
  const batch = await createBatch(doctor, PATIENT_1);
  const ids = await upload(doctor, batch, of);
  for (const id of ids) expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  const [first = '', second = ''] = ids;
  await edit(first, { quarterTurns: 1, contrast: 20 });
  await edit(second, { crop: { left: 0, top: 0.5, width: 0.5, height: 0.5 } });
  return { batch, ids };
}

const start = (batch: string, body: object) =>
  doctor.json('POST', `/api/images/batches/${batch}/exports/`, 202, body);

async function zipOf(statusUrl: string): Promise<Buffer> {
  const { url, archives } = await until(async () => {
    const answer = await doctor.json('GET', statusUrl, 200);
    expect(answer.status, answer.reason).not.toBe('failed');
    return answer.status === 'ready' && answer;
  });
  const response = await fetch(url);
  const zip = Buffer.from(await response.arrayBuffer());
  expect([Number(response.headers.get('content-length')), zip.length]).toEqual(
    Array(2).fill(archives[0].bytes),
  );
  return zip;
}

const bytesOf = async (path: string) => Buffer.from(await (await doctor.send('GET', path)).arrayBuffer());

describe('An export as edited', () => {
  test('has the copies of edited images, as the service makes them, and the originals of the others', async () => {
    const { batch, ids } = await editedBatch();
    const entries = await unzip(await zipOf((await start(batch, { as_edited: true })).status_url));
    expect([...entries.keys()]).toEqual(['heel.jpg', 'heel (2).jpg', 'plain.png']);
    const [turned, cropped, plain] = [...entries.values()] as [Buffer, Buffer, Buffer];
    for (const [index, content] of [turned, cropped].entries())
      expect(content.equals(await bytesOf(`/api/images/${ids[index]}/data?format=jpeg&edit=1`))).toBe(true);
    expect(plain.equals(Buffer.from(files[2]?.bytes ?? []))).toBe(true);
    const sizes = await Promise.all([turned, cropped].map((content) => sharp(content).metadata()));
    expect(sizes.map(({ format, width, height }) => [format, width, height])).toEqual([
      ['jpeg', 200, 300],
      ['jpeg', 150, 100],
    ]);
  });

  test('is another one than that of the originals, which stay as they were uploaded', async () => {
    const { batch } = await editedBatch();
    const originals = await start(batch, {});
    expect((await start(batch, { as_edited: false })).id).toBe(originals.id);
    const edited = await start(batch, { as_edited: true });
    expect(edited.id).not.toBe(originals.id);
    const zip = await zipOf(originals.status_url);
    const contents = [...(await unzip(zip)).entries()];
    expect(contents.map(([name]) => name)).toEqual(['heel.png', 'heel.jpeg', 'plain.png']);
    expect(
      contents.every(([, content], index) => content?.equals(files[index]?.bytes ?? Buffer.alloc(0))),
    ).toBe(true);
    expect(zip.equals(await bytesOf(`/api/images/batches/${batch}/download`))).toBe(true);
  });

  test('is the same for the same edits, and another one after a further edit', async () => {
    const { batch, ids } = await editedBatch();
    const [first = ''] = ids;
    const one = await start(batch, { as_edited: true, image_ids: [first] });
    expect((await start(batch, { as_edited: true, image_ids: [first] })).id).toBe(one.id);
    const before = await zipOf(one.status_url);
    await edit(first, { quarterTurns: 2 }, 1);
    const other = await start(batch, { as_edited: true, image_ids: [first] });
    expect(other.id).not.toBe(one.id);
    expect((await zipOf(other.status_url)).equals(before)).toBe(false);
    // After a reset there are no edits to show: it is the export of the originals.
    await edit(first, null, 2);
    const reset = await start(batch, { as_edited: true, image_ids: [first] });
    expect(reset.id).toBe((await start(batch, { image_ids: [first] })).id);
  });

  test('has all pages of a document, as it was uploaded', async () => {
    const document = {
      name: 'report.pdf',
      bytes: new Uint8Array(pdf({ morePages: [RED_SQUARE] })),
      type: 'application/pdf',
    };
    const onePage = { ...document, name: 'page.pdf', bytes: new Uint8Array(pdf()) };
    const { batch } = await editedBatch([document, onePage]);
    const entries = await unzip(await zipOf((await start(batch, { as_edited: true })).status_url));
    expect([...entries.keys()]).toEqual(['report.pdf', 'page.jpg']);
    expect(entries.get('report.pdf')?.equals(document.bytes)).toBe(true);
  });
});

describe('A download as edited', () => {
  test('becomes an export if an image has edits', async () => {
    const { batch, ids } = await editedBatch();
    const path = `/api/images/batches/${batch}/download?as_edited=true`;
    const answer = await doctor.send('GET', path);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([202, '5']);
    const started = (await answer.json()) as { id: string };
    expect(started.id).toBe((await start(batch, { as_edited: true })).id);
    expect((await doctor.send('GET', `${path}&image_ids=${ids[2]}`)).status).toBe(200);
  });

  test('takes no other word', async () => {
    const { batch } = await editedBatch(files.slice(0, 2));
    await doctor.json('GET', `/api/images/batches/${batch}/download?as_edited=yes`, 400);
  });
});

describe('The copies of an archive', () => {
  /** An export as edited that only the test makes. */
  async function startedExport(archiveCopies = direct.limits.archiveCopies) {
    const { batch: id } = await editedBatch();
    const batch = (await direct.batches.get(id)) as Batch;
    const images = selectForArchive(batch, await Array.fromAsync(direct.images.allInBatch(id)), undefined);
    const kept = new Map<string, Uint8Array>();
    const objects = {
      create: async (key: string, { bytes }: { bytes: Uint8Array }) => void kept.set(key, bytes),
    };
    const asker = { patientId: PATIENT_1, requestedBy: randomUUID() };
    const limits = { ...direct.limits, archiveCopies };
    const started = await startExport(asker, manifestOf(batch, images, true), { ...direct, objects, limits });
    /** The objects that were read, beside the manifest. */
    const asked: string[] = [];
    const read = async (key: string) => {
      const manifest = kept.get(key);
      if (manifest) return Readable.from([Buffer.from(manifest)]) as never;
      asked.push(key);
      return direct.objects.read(key);
    };
    const found = async () => (await direct.exports.get(started.id, direct.now())) as Export;
    return { keys: [...kept.keys()], started, found, asked, deps: { ...direct, objects: { read } } };
  }
  const areThere = async (keys: readonly string[]) =>
    Promise.all(keys.map(async (key) => (await direct.bucket.read(key)) !== undefined));

  test('are made once: another attempt takes those that are there', async () => {
    const { keys, started, found, asked, deps } = await startedExport();
    const [key = ''] = keys;
    const [first = '', second = ''] = exportedCopyKeys(await found(), 0, 2);
    const failing = async (wanted: string, bytes: Uint8Array, type: string) => {
      if (wanted === second) throw new Error('S3 answered 503');
      return direct.bucket.write(wanted, bytes, type);
    };
    const bucket = {
      read: direct.bucket.read.bind(direct.bucket),
      write: failing,
      delete: direct.bucket.delete.bind(direct.bucket),
    };
    await expect(buildArchive({ key }, { ...deps, bucket })).rejects.toThrow('503');
    expect(await areThere([first, second])).toEqual([true, false]);
    asked.length = 0;
    await buildArchive({ key }, deps);
    const originals = asked.filter((each) => each.startsWith('images/'));
    // One is copied, and one has no edits.
    expect(originals).toHaveLength(2);
    expect((await unzip(await zipOf(started.status_url))).size).toBe(3);
    expect(await found()).toMatchObject({ archives: [{ copies: 2, images: 3 }] });
  });

  test('go with their export', async () => {
    const { keys, found, deps } = await startedExport();
    await buildArchive({ key: keys[0] ?? '' }, deps);
    const run = await found();
    const copies = exportedCopyKeys(run, 0, 2);
    expect(await areThere(copies)).toEqual([true, true]);
    await direct.table.client.send(
      new DeleteCommand({ TableName: direct.table.name, Key: exportKey(run.id) }),
    );
    await until(async () => (await areThere(copies)).every((is) => !is));
  });

  test('are not left behind by an export that ends meanwhile', async () => {
    const { keys, found, deps } = await startedExport();
    const run = await found();
    const { read } = deps.objects;
    const ending = async (key: string) => {
      if (key.startsWith('images/')) await direct.exports.endAllOf(run);
      return read(key);
    };
    await buildArchive({ key: keys[0] ?? '' }, { ...deps, objects: { read: ending } });
    expect(await found()).toBeUndefined();
    const all = [archiveKey(run, 0), ...exportedCopyKeys(run, 0, 2)];
    expect(await areThere(all)).toEqual([false, false, false]);
  });

  test('that cannot be drawn fail the export, which says what to do', async () => {
    const { keys, found, deps } = await startedExport();
    const broken = async (key: string) =>
      key.startsWith('images/')
        ? (Readable.from([Buffer.from('no image')]) as never)
        : deps.objects.read(key);
    const building = buildArchive({ key: keys[0] ?? '' }, { ...deps, objects: { read: broken } });
    await expect(building).rejects.toThrow('An edited image could not be drawn');
    expect(await found()).toMatchObject({
      status: 'failed',
      archives: [{ reason: 'An edited image could not be drawn; ask for the export of the originals.' }],
    });
  });

  test('are divided into archives of which one invocation can make each', async () => {
    const { keys, started, found, deps } = await startedExport(1);
    expect(keys).toHaveLength(2);
    expect((await found()).archives.map(({ images, copies }) => [images, copies])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    for (const key of keys) await buildArchive({ key }, deps);
    const { archives } = await doctor.json('GET', started.status_url, 200);
    const names: string[] = [];
    for (const { url } of archives)
      names.push(...(await unzip(Buffer.from(await (await fetch(url)).arrayBuffer()))).keys());
    expect(names).toEqual(['heel.jpg', 'heel (2).jpg', 'plain.png']);
  });
});
