import { v7 as newId } from 'uuid';
import { toItem } from '../../lib/data/images/image-writes.ts';
import { batchKey, batchListKey } from '../../lib/data/keys.ts';
import type { Batch } from '../../lib/domain/batches/batch.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';

/** The patient whose images the benchmarks read. */
export const PATIENT = 'P-1001';

/** The object of an image: its length, and its CRC-32 in base64. */
interface StoredBytes {
  bytes: number;
  crc32: string;
}
const PHOTO: StoredBytes = { bytes: 3_000_000, crc32: 'AAAAAA==' };

/**
 * A batch with this number of ready images, as items of the table; returns its id, and their ids and keys.
 */
export function filledBatch(count: number, object = PHOTO) {
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
  // These fields tell them apart. The others take 60 µs for each, most of it for the local time.
  const first = readyImage(batch, now, object);
  const images = Array.from({ length: count }, (_value, order): Image => {
    const id = newId();
    return { ...first, id, order, fileName: fileNameOf(order), key: `images/${id}.jpg` };
  });
  return {
    batchId: batch.id,
    imageIds: images.map(({ id }) => id),
    imageKeys: images.map(({ key }) => key ?? ''),
    items: [{ ...batch, ...batchKey(batch.id), ...batchListKey(batch) }, ...images.map(toItem)],
  };
}

const fileNameOf = (order: number) => `IMG_${order}.jpg`;

function readyImage({ id: batchId, patientId }: Batch, now: Date, object: StoredBytes): Image {
  const image = newImage(
    {
      id: newId(),
      patientId,
      batchId,
      fileName: fileNameOf(0),
      mimeType: 'image/jpeg',
      fileSize: object.bytes,
      order: 0,
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
    crc32: object.crc32,
  };
}
