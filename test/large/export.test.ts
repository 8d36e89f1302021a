import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { originalKey } from '../../lib/storage/object-keys.ts';
import { directAccess } from '../support/direct-access.ts';
import { peakMemoryMb, processesOf } from '../support/function-process.ts';
import { OwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';
import { createBatch, until } from '../support/service.ts';

const IMAGES = 520;
const IMAGE_BYTES = 10 * 1024 * 1024;
const GB = 1024 ** 3;
const MEMORY_MB = 256;
/** The originals, the parts of the archive, and the archive that the local S3 makes of them. */
const DISK_BYTES = 3.2 * IMAGES * IMAGE_BYTES;
const LONG_SECONDS = 600;

const run = promisify(execFile);
const service = new OwnStack();
const original = randomBytes(IMAGE_BYTES);
const crc = base64Crc32(original);
/** The peak memory of each function process that worked on the export, in megabytes. */
const peaks: number[] = [];
let archive: string;

afterAll(() => service.end());

/** The batch, with its images as the pipeline would have left them. */
async function fill(): Promise<string> {
  const direct = await directAccess(service);
  const batchId = await createBatch(await service.as('doctor'), PATIENT_1, 'Years');
  const facts = { mimeType: 'image/jpeg', fileSize: IMAGE_BYTES, crc32: crc, hasPreview: false } as const;
  for (let order = 0; order < IMAGES; order++) {
    const given = { id: randomUUID(), patientId: PATIENT_1, batchId, order, fileName: `${order}.jpg` };
    const image = newImage({ ...given, ...facts }, { role: 'doctor', subject: 'd' }, direct.now());
    const key = originalKey(image, facts.mimeType);
    await direct.bucket.write(key, original, facts.mimeType);
    await direct.imageIntake.createPending([image]);
    expect(await direct.imageDecisions.markReady(image, { ...facts, key }, direct.now())).toBe('done');
  }
  return batchId;
}

/**
 * Not more often than a client would poll: each request takes CPU time from the process that makes the
 * archive.
 */
async function statusOf(url: string) {
  await sleep(500);
  const answer = await (await service.as('doctor')).json('GET', url, 200);
  const [pid] = processesOf('build-archive');
  return { ...answer, pid };
}

beforeAll(async () => {
  const { bavail, bsize } = statfsSync(service.dataDir);
  const free = `${Math.ceil(DISK_BYTES / GB)} GB free in ${service.dataDir}`;
  expect(bavail * bsize, free).toBeGreaterThan(DISK_BYTES);
  await service.start();
  const batch = await fill();
  const doctor = await service.as('doctor');
  const { status_url } = await doctor.json('POST', `/api/images/batches/${batch}/exports/`, 202, {});

  // Killed in the middle, as by a power failure; its event is delivered again when the stack starts.
  const { pid } = await until(async () => {
    const now = await statusOf(status_url);
    return now.progress > 0.4 && now.pid !== undefined && now;
  }, LONG_SECONDS);
  peaks.push(peakMemoryMb(pid));
  process.kill(pid, 'SIGKILL');
  await until(async () => processesOf('build-archive').length === 0);
  expect(await statusOf(status_url)).toMatchObject({ status: 'running' });
  await service.stop();
  // Set for direct access to the first stack: a second stack in this process would use its stores.
  delete process.env.AWS_ENDPOINT_URL_S3;
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  await service.start();

  const done = await until(async () => {
    const now = await statusOf(status_url);
    return now.status === 'ready' && now;
  }, LONG_SECONDS);
  peaks.push(peakMemoryMb(done.pid));
  const far = 4 * GB + 123;
  const range = await fetch(done.url, { headers: { range: `bytes=${far}-${far + 9}` } });
  expect([range.status, (await range.arrayBuffer()).byteLength]).toEqual([206, 10]);
  const bytes = Number(range.headers.get('content-range')?.split('/')[1]);
  await service.stop();
  archive = fileOf(bytes);
});

/**
 * The file in which the local S3 stores the one object of this length: a copy would need the same disk space
 * again.
 */
function fileOf(bytes: number): string {
  const folder = join(service.dataDir, 'blobs');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const found = files.filter((file) => statSync(file).size === bytes);
  expect(found).toHaveLength(1);
  return found[0] as string;
}

describe('An export of five gigabytes whose function was killed in the middle', () => {
  test(`needs less than ${MEMORY_MB} MB of memory`, () => {
    expect(peaks).toHaveLength(2);
    console.log(`build-archive took at most ${peaks.join(' and ')} MB`);
    for (const peak of peaks) expect(peak).toBeLessThan(MEMORY_MB);
  });

  test('leaves one archive, and no part of another', () => {
    const state = new DatabaseSync(join(service.dataDir, 'state.sqlite'), { readOnly: true });
    try {
      const rows = (sql: string) => state.prepare(sql).all();
      expect(rows('SELECT id FROM uploads')).toEqual([]);
      expect(rows('SELECT upload FROM parts')).toEqual([]);
      expect(rows(`SELECT key FROM objects WHERE key LIKE 'exports/%.zip'`)).toHaveLength(1);
    } finally {
      state.close();
    }
  });

  test('has every image, whole and in order, also after four gigabytes', async () => {
    const names: string[] = [];
    let farthest = 0;
    await eachEntry(archive, async (entry, content) => {
      let sum = 0;
      let bytes = 0;
      for await (const chunk of content) {
        sum = crc32(chunk, sum);
        bytes += chunk.length;
      }
      expect([entry.fileName, bytes, sum]).toEqual([entry.fileName, IMAGE_BYTES, entry.crc32]);
      expect(entry.crc32).toBe(Buffer.from(crc, 'base64').readUInt32BE());
      names.push(entry.fileName);
      farthest = Math.max(farthest, entry.relativeOffsetOfLocalHeader);
    });
    expect(names).toEqual(Array.from({ length: IMAGES }, (_value, order) => `${order}.jpg`));
    expect(farthest).toBeGreaterThan(4 * GB);
  });

  test("is read by Info-ZIP's unzip", async () => {
    const { stdout } = await run('unzip', ['-tq', archive]);
    expect(stdout).toContain('No errors detected');
  });

  test("is read by Python's zipfile", async () => {
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))';
    const { stdout } = await run('python3', ['-c', script, archive]);
    expect(stdout.trim()).toBe(`${IMAGES}`);
  });

  test("is read by libarchive's bsdtar", async () => {
    // It computes the checksums only of the entries that it extracts.
    const { stdout } = await run('sh', ['-c', 'bsdtar -xOf "$0" | wc -c', archive]);
    expect(Number(stdout)).toBe(IMAGES * IMAGE_BYTES);
  });
});

/** Iterates over a ZIP, one entry at a time. */
async function eachEntry(
  path: string,
  look: (entry: yauzl.Entry, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true });
  const open = promisify<yauzl.Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip) as never);
  await new Promise<void>((resolve, reject) => {
    zip.on('end', resolve).on('error', reject);
    zip.on('entry', (entry: yauzl.Entry) => {
      open(entry)
        .then((content) => look(entry, content as AsyncIterable<Buffer>))
        .then(() => zip.readEntry(), reject);
    });
    zip.readEntry();
  });
}
