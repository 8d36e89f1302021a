import { beforeAll, expect, test } from 'vitest';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';
import { reconcileAll } from '../support/reconciling.ts';
import { type Client, createBatch, until } from '../support/service.ts';

const IMAGES = 500;
const INSTANCES = 20;
const HOUR_MS = 3_600_000;
/** No check of an upload gets past its first read of the table. */
const PIPELINE_DOWN = [
  'internal-error=1@dynamodb:GetItem+function:make-thumbnail',
  'internal-error=1@dynamodb:BatchGetItem+function:ingest-dicom',
].join();

const service = useOwnStack();
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const put = async (url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) =>
  expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(200);

async function uploadImages(batch: string): Promise<void> {
  const { bytes, type } = await photo({ width: 64, height: 48 });
  const files = Array.from({ length: 100 }, (_value, index) => ({
    name: `${index}.jpg`,
    size: bytes.length,
    type,
  }));
  for (let sent = 0; sent < IMAGES; sent += files.length) {
    const { uploads } = await doctor.json('POST', `/api/images/batches/${batch}/upload-urls/`, 201, {
      files,
    });
    for (const { upload_url: url, headers } of uploads) await put(url, headers, bytes);
  }
}

async function uploadInstances(): Promise<string[]> {
  const statusUrls: string[] = [];
  for (let sent = 0; sent < INSTANCES; sent++) {
    const bytes = new Uint8Array(slice(newUids()));
    const announced = { fileSize: bytes.length };
    const { uploadUrl, headers, statusUrl } = await doctor.json('POST', '/dicom/upload-url', 201, announced);
    await put(uploadUrl, headers, bytes);
    statusUrls.push(statusUrl);
  }
  return statusUrls;
}

test('Uploads that were acknowledged are ready after an outage of the pipeline of 72 hours', async () => {
  service.faults.set(`seed=1,${PIPELINE_DOWN}`);
  const batch = await createBatch(doctor, newPatient());
  await uploadImages(batch);
  const statusUrls = await uploadInstances();
  for (let hours = 0; hours < 72; hours += 24) {
    await service.clock.advance(24 * HOUR_MS);
    await service.stack.tick('reconcile');
  }
  // Tokens have expired.
  doctor = await service.as('doctor');
  expect(service.faults.counts()['internal-error']).toBeGreaterThan(IMAGES + INSTANCES);
  const countOf = async () => (await doctor.json('GET', `/api/images/batches/${batch}/`, 200)).image_count;
  expect(await countOf()).toBe(0);
  for (const url of statusUrls)
    expect(await doctor.json('GET', url, 200)).toMatchObject({ status: 'pending' });

  service.faults.set('');
  await service.clock.advance(HOUR_MS);
  doctor = await service.as('doctor');
  await until(async () => (await countOf()) === IMAGES, 400);
  for (const url of statusUrls)
    await until(async () => (await doctor.json('GET', url, 200)).status === 'stored');
  const { images } = await doctor.json('GET', `/api/images/?batch_id=${batch}&limit=200`, 200);
  expect(new Set(images.map(({ status }: { status: string }) => status))).toEqual(new Set(['ready']));
  const at = new Date(service.clock.now() + 16 * 60_000);
  const left = async () => {
    const found = await reconcileAll(adminEnvironment(service.whole), { at, isDryRun: true });
    return Object.keys(found).length === 0;
  };
  await until(left, 60);
}, 900_000);
