import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { writeMany } from '../../lib/data/dynamodb/batch-requests.ts';
import { toItem } from '../../lib/data/images/image-writes.ts';
import { batchKey } from '../../lib/data/keys.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';
import { type Client, createBatch, until } from '../support/service.ts';

const IMAGES = 10_000;

const service = useOwnStack();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = await directAccess(service);
});

/** A batch with ready images that have no objects. */
async function largeBatch(patientId: string): Promise<string> {
  const batchId = await createBatch(doctor, patientId);
  const requests = Array.from({ length: IMAGES }, () => {
    const given = {
      id: direct.newId(),
      patientId,
      batchId,
      fileName: 'a.jpg',
      mimeType: 'image/jpeg',
      fileSize: 1,
    };
    const image = newImage(given, { role: 'doctor', subject: 'd' }, new Date());
    const ready = { ...image, status: 'ready' as const, key: `images/${image.id}.jpg`, crc32: 'AAAAAA==' };
    return { PutRequest: { Item: toItem(ready) } };
  });
  await writeMany(direct.table, requests);
  await direct.table.client.send(
    new UpdateCommand({
      TableName: direct.table.name,
      Key: batchKey(batchId),
      UpdateExpression: 'SET imageCount = :all',
      ExpressionAttributeValues: { ':all': IMAGES },
    }),
  );
  return batchId;
}

const listed = async (batchId: string) => (await Array.fromAsync(direct.images.allInBatch(batchId))).length;

/** Not more often: each look reads thousands of items. */
const untilNoneIsListed = (batchId: string) =>
  until(async () => {
    await sleep(2000);
    return (await listed(batchId)) === 0;
  }, 300);

test('A batch of 10,000 images is deleted: the answer comes at once, and the rest follows; so does that to its restoration', async () => {
  const id = await largeBatch(newPatient());
  await doctor.json('DELETE', `/api/images/batches/${id}/`, 204);
  // The answer did not wait for all of them.
  expect(await listed(id)).toBeGreaterThan(0);
  await doctor.json('GET', `/api/images/batches/${id}/`, 404);
  await untilNoneIsListed(id);

  const restored = await doctor.json('POST', `/api/images/batches/${id}/restore`, 200);
  expect(restored.image_count).toBe(IMAGES);
  expect(await listed(id)).toBeLessThan(IMAGES);
}, 600_000);
