import { randomFillSync } from 'node:crypto';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { HANDLER_BUNDLES } from '../../../bin/build.ts';
import { inTurns, median } from '../measure.ts';
import { atLeast, atMost, type Bench, headline, type Result, round } from '../result.ts';
import { environmentOf, functionOf, inChild, type StackAddress, s3Of, withStackProcess } from '../stack.ts';
import type { ZipReading, ZipTask } from './zip-reader.ts';

const MB = 1_000_000;
/** Objects that differ; repeated reads come from the page cache on both sides. */
const DISTINCT = 8;
const full = { archiveBytes: 1000 * MB, objectBytes: 3 * MB, rounds: 3 };

/** A streamed archive from the local S3, against reading the same objects and discarding the bytes. */
export async function zip({ cdkOut, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  const reader = await bundledReader(out);
  return withStackProcess(out, undefined, async (stack) => {
    const env = environmentOf(stack);
    const bucket = functionOf(out, stack.url, 'download-batch').environment.BUCKET_NAME ?? '';
    const stored = await putObjects(stack, bucket, size.objectBytes);
    const count = Math.ceil(size.archiveBytes / size.objectBytes);
    const objects = Array.from(
      { length: count },
      (_value, index) => stored[index % stored.length] as (typeof stored)[0],
    );

    progress(`zip: ${size.rounds} times ${count} objects of ${size.objectBytes / MB} MB, and the floor`);
    const read = (how: ZipTask['how']) => (): Promise<ZipReading> =>
      inChild(reader, { how, bucket, objects } satisfies ZipTask, env);
    const readings = await inTurns(
      size.rounds,
      { product: read('product'), floor: read('floor') },
      async (work) => (await work()) as ZipReading,
    );

    const of = (how: ZipTask['how']) => ({
      mbPerSecond: median(readings[how].map(({ seconds }) => (count * size.objectBytes) / MB / seconds)),
      firstByteMs: median(readings[how].map(({ firstByteMs }) => firstByteMs)),
      firstObjectMs: median(readings[how].map(({ firstObjectMs }) => firstObjectMs)),
      memoryGrowthMb: Math.max(...readings[how].map(({ memoryGrowthBytes }) => memoryGrowthBytes)) / MB,
    });
    const product = of('product');
    const floor = of('floor');
    return {
      ...headline(product.mbPerSecond, 'MB/s', floor.mbPerSecond),
      aims: [
        atLeast("of the floor's throughput", product.mbPerSecond / floor.mbPerSecond, 0.8),
        atMost('MB of memory above idle', product.memoryGrowthMb, 96),
        atMost(
          'first byte: times the first byte of one GetObject',
          product.firstByteMs / floor.firstByteMs,
          3,
        ),
      ],
      notes: [
        `medians of ${size.rounds} readings, each in a new process (memory: the highest), ${stored.length} objects read again and again`,
        "the first byte is the first object's, which is read whole before: its CRC-32 is checked, and stands in the header before it",
      ],
      rows: {
        product: rounded(product),
        floor: rounded(floor),
      },
    };
  });
}

/** The reader in a bundle like those of functions, which have another CRC-32 and other streams than archiver's package. */
async function bundledReader(outdir: string): Promise<string> {
  const entry = path.join(import.meta.dirname, 'zip-reader.ts');
  await build({ ...HANDLER_BUNDLES, entryPoints: [{ in: entry, out: 'zip-reader' }], outdir });
  return path.join(outdir, 'zip-reader.cjs');
}

const rounded = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]));

async function putObjects(stack: StackAddress, bucket: string, bytes: number): Promise<ZipTask['objects']> {
  const s3 = s3Of(stack);
  const objects: ZipTask['objects'] = [];
  for (let index = 0; index < DISTINCT; index++) {
    const Body = randomFillSync(Buffer.alloc(bytes));
    const key = `images/P-1001/bench/${index}.jpg`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    objects.push({ key, bytes, crc32: crc32(Body) });
  }
  s3.destroy();
  return objects;
}
