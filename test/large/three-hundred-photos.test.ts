import { beforeAll, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { type Client, createBatch, type TestFile, until, upload } from '../support/service.ts';
import { unzip } from '../support/unzip.ts';

const service = useOwnStack();
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const SIZES = [
  { width: 320, height: 240 },
  { width: 200, height: 900, orientation: 8 },
  { width: 640, height: 480, orientation: 6 },
  { width: 1, height: 1 },
];

test('Three hundred photos, eight at a time, all become ready, are counted, and are downloaded in one ZIP', {
  timeout: 300_000,
}, async () => {
  const batch = await createBatch(doctor);
  const files: TestFile[] = [];
  for (let seed = 0; seed < 300; seed++) files.push(await photo({ ...SIZES[seed % SIZES.length], seed }));

  const waiting = [...files];
  const uploader = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await upload(doctor, batch, [file]);
  };
  await Promise.all(Array.from({ length: 8 }, uploader));

  const statuses = await until(async () => {
    const all: string[] = [];
    for (let next = ''; next !== null; ) {
      const page = await doctor.json(
        'GET',
        `/api/images/?batch_id=${batch}${next && `&cursor=${next}`}`,
        200,
      );
      all.push(...page.images.map(({ status }: { status: string }) => status));
      next = page.next;
    }
    return all.includes('pending') ? undefined : all;
  }, 200);
  expect(statuses).toEqual(Array(300).fill('ready'));
  expect(await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).toMatchObject({ image_count: 300 });

  const response = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
  const entries = await unzip(Buffer.from(await response.arrayBuffer()));
  expect([...entries.keys()].sort()).toEqual(files.map(({ name }) => name).sort());
  for (const { name, bytes } of files) expect(entries.get(name)?.equals(bytes), name).toBe(true);
});
