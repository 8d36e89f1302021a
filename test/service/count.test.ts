import fc from 'fast-check';
import { v7 as newId } from 'uuid';
import { beforeAll, expect, test } from 'vitest';
import type { Image } from '../../lib/domain/image.ts';
import { newImage } from '../../lib/domain/new-image.ts';
import { backstage } from '../support/backstage.ts';
import { useService } from '../support/service.ts';

const service = useService();
let own: Awaited<ReturnType<typeof backstage>>;
beforeAll(async () => {
  own = await backstage(service);
});

const doctor = { role: 'doctor', subject: 'd' } as const;
const facts = (image: Image) => ({
  mimeType: 'image/png',
  fileSize: 1,
  crc32: 'AAAAAA==',
  width: 1,
  height: 1,
  thumbnailBytes: 1,
  hasPreview: false,
  key: `images/P-1001/${image.batchId}/${image.id}.png`,
});

/** Everything that can happen to an image, any number of times and in any order. */
const Step = fc.record({
  image: fc.nat(99),
  what: fc.constantFrom('arrive', 'arrive', 'arrive', 'reject', 'delete', 'relabel'),
});

async function take({ images }: typeof own, image: Image, what: string): Promise<unknown> {
  if (what === 'arrive') return images.markReady(image, facts(image), new Date());
  if (what === 'reject') return images.markRejected(image, 'no picture', new Date());
  if (what === 'relabel') return images.change(image, { order: image.fileName.length }, new Date());
  // As a request does: it looks, and then deletes what it saw.
  const seen = await images.get(image.id);
  return seen && images.delete(seen, new Date());
}

test('The count of a batch is right after two thousand steps, sixteen at a time', {
  timeout: 300_000,
}, async () => {
  const steps = fc.array(Step, { minLength: 2000, maxLength: 2000, size: 'max' });
  const property = fc.asyncProperty(steps, async (script) => {
    const batch = {
      id: newId(),
      patientId: 'P-1001',
      name: 'x',
      imageCount: 0,
      createdAt: new Date().toISOString(),
      updatedAt: new Date().toISOString(),
    };
    await own.batches.create(batch);
    const all = Array.from({ length: 100 }, (_, i) =>
      newImage(
        {
          id: newId(),
          patientId: 'P-1001',
          batchId: batch.id,
          fileName: `${i}.png`,
          mimeType: 'image/png',
          fileSize: 1,
        },
        doctor,
        new Date(),
      ),
    );
    await own.images.createPending(all, new Date(Date.now() + 60_000));

    const waiting = [...script];
    const worker = async () => {
      for (let step = waiting.pop(); step; step = waiting.pop())
        await take(own, all[step.image] as Image, step.what);
    };
    await Promise.all(Array.from({ length: 16 }, worker));

    const left = await Array.fromAsync(own.images.allInBatch(batch.id));
    const { imageCount } = (await own.batches.get(batch.id)) ?? {};
    expect(imageCount).toBe(left.filter(({ status }) => status === 'ready').length);
  });
  await fc.assert(property, { numRuns: 1, endOnFailure: true });
});
