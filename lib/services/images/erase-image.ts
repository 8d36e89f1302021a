import type * as z from 'zod';
import type { Exports } from '../../data/exports.ts';
import type { ErasedImages } from '../../data/images/erased-images.ts';
import { PatientId, Subject } from '../../domain/identifiers.ts';
import { Bytes, Image } from '../../domain/images/image.ts';
import { allKeysOf } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';

export interface EraseDeps {
  erasedImages: Pick<ErasedImages, 'deleteDependents' | 'remember'>;
  exports: Pick<Exports, 'endAllOf'>;
  bucket: Pick<Objects, 'delete'>;
  now: () => Date;
}

/** What erasing needs of an image, so that one with other damaged values is erased as well. */
export const ImageToErase = Image.pick({ id: true, links: true, key: true, batchId: true }).extend({
  uploadedBy: Subject.optional().catch(undefined),
  patientId: PatientId.optional().catch(undefined),
  fileSize: Bytes.optional().catch(undefined),
});

/** Erases the objects of an image that was removed from the table, its links, and the exports that contain it. */
export async function eraseImage(
  image: z.infer<typeof ImageToErase>,
  { erasedImages, exports, bucket, now }: EraseDeps,
): Promise<void> {
  // First: what arrives or is written later is then known to be of no use.
  await erasedImages.remember(image, now());
  await Promise.all([bucket.delete(allKeysOf(image)), erasedImages.deleteDependents(image)]);
  // After the objects: an archive that was started meanwhile can no longer be completed with this image.
  if (image.key) await exports.endAllOf(image);
}
