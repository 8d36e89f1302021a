import type { Exports } from '../../data/exports.ts';
import type { Images } from '../../data/images.ts';
import type { Image } from '../../domain/images/image.ts';
import { allKeysOf } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';

export interface EraseDeps {
  images: Pick<Images, 'deleteDependents' | 'rememberErasure'>;
  exports: Pick<Exports, 'endAllOf'>;
  bucket: Pick<Objects, 'delete'>;
  now: () => Date;
}

/** Erases the objects of an image that was removed from the table, its links, and the exports that contain it. */
export async function eraseImage(image: Image, { images, exports, bucket, now }: EraseDeps): Promise<void> {
  // First: what arrives or is written later is then known to be of no use.
  await images.rememberErasure(image.id, now());
  await Promise.all([bucket.delete(allKeysOf(image)), images.deleteDependents(image)]);
  // After the objects: an archive that was started meanwhile can no longer be completed with this image.
  if (image.key && image.batchId) await exports.endAllOf(image.batchId);
}
