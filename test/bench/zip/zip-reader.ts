// Reads the objects of one archive, as the product does or with a simple loop, in a separate process: its
// peak memory, as the kernel counts it, is then that of this one reading.
import http from 'node:http';
import { zipStream } from '../../../lib/media/zip/zip.ts';
import { zipLength } from '../../../lib/media/zip/zip-layout.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';

export interface ZipTask {
  how: 'product' | 'floor';
  bucket: string;
  /** One for each entry. */
  objects: { key: string; bytes: number; crc32: number }[];
}

export interface ZipReading {
  seconds: number;
  /** Until the first byte of the first object. */
  firstByteMs: number;
  /** Until the first object is complete: without it, an archive can't have its first byte. */
  firstObjectMs: number;
  memoryGrowthBytes: number;
}

const { how, bucket, objects }: ZipTask = JSON.parse(process.argv[2] ?? '');
const reader = new SignedObjects(bucket);
const urls = new SignedUrls(bucket);
let firstByteAt: number | undefined;
let firstObjectAt: number | undefined;
let bytes = 0;

/** The work of `download-batch`, without storing the output. */
async function readArchive(): Promise<void> {
  const entries = objects.map(({ key: _key, ...entry }, index) => ({
    ...entry,
    name: `${index}.jpg`,
    modified: new Date(),
  }));
  const archive = zipStream(entries, (_entry, index) => reader.read(objects[index]?.key ?? ''));
  let chunks = 0;
  for await (const chunk of archive) {
    // The first chunk is the entry's header.
    chunks += 1;
    if (chunks === 2) firstByteAt = performance.now();
    bytes += chunk.length;
  }
  firstObjectAt = firstByteAt;
  expectBytes(zipLength(entries));
}

/** The simplest way to read: URLs signed before, over one connection, one after another. */
async function readPlainly(signed: readonly string[]): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const url of signed) {
    await new Promise<void>((resolve, reject) => {
      http
        .get(url, { agent }, (response) => {
          response.on('data', (chunk: Buffer) => {
            firstByteAt ??= performance.now();
            bytes += chunk.length;
          });
          response.on('end', () => {
            firstObjectAt ??= performance.now();
            resolve();
          });
          response.on('error', reject);
        })
        .on('error', reject);
    });
  }
  agent.destroy();
  expectBytes(objects.reduce((sum, object) => sum + object.bytes, 0));
}

function expectBytes(expected: number): void {
  if (bytes !== expected) throw new Error(`expected ${expected} bytes but received ${bytes}`);
}

/** Top-level `await` is not possible in the module format of a bundle. */
async function main(): Promise<void> {
  // Not only for the floor: a handler has signed requests to DynamoDB before it reads the first object.
  const signed = await Promise.all(
    objects.map(async ({ key }) => (await urls.download({ key }, 900, new Date())).url),
  );
  const idleBytes = process.memoryUsage.rss();
  const startedAt = performance.now();
  await (how === 'floor' ? readPlainly(signed) : readArchive());
  const reading: ZipReading = {
    seconds: (performance.now() - startedAt) / 1000,
    firstByteMs: (firstByteAt ?? Number.NaN) - startedAt,
    firstObjectMs: (firstObjectAt ?? Number.NaN) - startedAt,
    memoryGrowthBytes: process.resourceUsage().maxRSS * 1024 - idleBytes,
  };
  process.send?.(reading, () => process.exit(0));
}

void main();
