import type * as z from 'zod';
import type { DeletedBatch as StoredBatch } from '../../domain/batches/batch.ts';
import { Subject, Timestamp } from '../../domain/identifiers.ts';
import type { DeletedImage as StoredImage } from '../../domain/images/image.ts';
import { BatchImage, toBatchImage } from './batch-image.ts';
import { PatientBatch, toPatientBatch } from './patient-batch.ts';

const Deletion = {
  deleted_at: Timestamp,
  deleted_by: Subject,
  /** From then on it can no longer be restored. */
  restorable_until: Timestamp,
};

/** A deleted image. It has no signed URL: nothing deleted is served. */
export const DeletedImage = BatchImage.omit({ thumbnail_url: true, url: true }).extend(Deletion);
export const DeletedBatch = PatientBatch.extend(Deletion);

const deletionOf = (item: StoredImage | StoredBatch) => ({
  deleted_at: item.deletedAt,
  deleted_by: item.deletedBy ?? '',
  restorable_until: new Date(item.expiresAt * 1000).toISOString(),
});

export function toDeletedImage(image: StoredImage): z.infer<typeof DeletedImage> {
  const { thumbnail_url: _thumbnail_url, url: _url, ...shown } = toBatchImage(image, null);
  return { ...shown, ...deletionOf(image) };
}

export const toDeletedBatch = (batch: StoredBatch): z.infer<typeof DeletedBatch> => ({
  ...toPatientBatch(batch),
  ...deletionOf(batch),
});
