import { v7 as newId } from 'uuid';
import { batchKey, batchListKey, imageKey, imageListKey } from '../../lib/data/keys.ts';
import type { Batch } from '../../lib/domain/batches/batch.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';

/** The patient whose images the benchmarks read. */
export const PATIENT = 'P-1001';

/**
 * A batch with this number of ready images, as items of the table; returns its id, and their ids and keys.
 */
export function filledBatch(count: number) {
  const now = new Date();
  const timestamp = now.toISOString();
  const batch: Batch = {
    id: newId(),
    patientId: PATIENT,
    name: 'All of them',
    imageCount: count,
    createdAt: timestamp,
    updatedAt: timestamp,
  };
  const images = Array.from({ length: count }, (_value, index) => readyImage(batch, index, now));
  return {
    batchId: batch.id,
    imageIds: images.map(({ id }) => id),
    imageKeys: images.map(({ key }) => key ?? ''),
    items: [
      { ...batch, ...batchKey(batch.id), ...batchListKey(batch) },
      ...images.map((image) => ({ ...image, ...imageKey(image.id), ...imageListKey(image) })),
    ],
  };
}

function readyImage({ id: batchId, patientId }: Batch, index: number, now: Date): Image {
  const id = newId();
  const image = newImage(
    {
      id,
      patientId,
      batchId,
      fileName: `IMG_${index}.jpg`,
      mimeType: 'image/jpeg',
      fileSize: 3_000_000,
      order: index,
      category: 'anterior',
      caption: 'Left heel, standing',
    },
    { role: 'doctor', subject: 'bench' },
    now,
  );
  return {
    ...image,
    status: 'ready',
    width: 3000,
    height: 2000,
    thumbnailBytes: 12_345,
    crc32: 'AAAAAA==',
    key: `images/${id}.jpg`,
  };
}
