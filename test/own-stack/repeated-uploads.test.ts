import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { type Client, createBatch, decided, formOf, until } from '../support/service.ts';

// An attempt that fails removes the images that it has created. The event of the removal deletes their objects, and may come after
// the next attempt of the same request.

const LATE_REMOVAL = 'delay=1:5s@sqs+queue:EraseObjects';
const service = useOwnStack();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = await directAccess(service);
});

async function erasedImages(): Promise<number> {
  const { Count = 0 } = await direct.table.client.send(
    new ScanCommand({
      TableName: direct.table.name,
      FilterExpression: 'sk = :sk',
      ExpressionAttributeValues: { ':sk': 'ERASED' },
    }),
  );
  return Count;
}

/** Sends a request that fails by the faults, and again without them; returns the second response. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has a response of its own
async function sendTwice(faults: string, path: string, body: unknown): Promise<any> {
  const key = { 'idempotency-key': randomUUID() };
  service.faults.set(`${LATE_REMOVAL},${faults}`);
  expect((await doctor.send('POST', path, body, key)).status).toBeGreaterThanOrEqual(500);
  service.faults.set(LATE_REMOVAL);
  const response = await doctor.send('POST', path, body, key);
  expect(response.status).toBe(201);
  return response.json();
}

/** Waits for the image and then for the late event of the removal, and compares its bytes. */
async function expectBytes(id: string, bytes: Uint8Array, erasedBefore: number) {
  expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  await until(async () => (await erasedImages()) > erasedBefore);
  // The removal is recorded before the objects are deleted.
  await sleep(1000);
  const response = await doctor.send('GET', `/api/images/${id}/data/`);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
}

test('A form whose file S3 did not take at first keeps the file of the next attempt', async () => {
  const file = await photo({ seed: 51 });
  const path = `/api/images/batches/${await createBatch(doctor)}/upload/`;
  const before = await erasedImages();
  const { results } = await sendTwice('internal-error=1@s3:PutObject', path, formOf({}, { images: [file] }));
  expect(results).toHaveLength(1);
  await expectBytes(results[0].image.id, file.bytes, before);
});

test('Announced uploads whose recording DynamoDB did not acknowledge keep the file that is sent afterwards', async () => {
  const { bytes, name, type } = await photo({ seed: 52 });
  const path = `/api/images/batches/${await createBatch(doctor)}/upload-urls/`;
  const before = await erasedImages();
  const unacknowledged = 'lost-acknowledgement=1@dynamodb:TransactWriteItems+function:create-batch-uploads';
  const { uploads } = await sendTwice(unacknowledged, path, { files: [{ name, type, size: bytes.length }] });
  const [{ id, upload_url: url, headers }] = uploads;
  expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })).status).toBe(200);
  await expectBytes(id, bytes, before);
});
