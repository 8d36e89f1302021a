import type { DeletedImages } from '../../data/images/deleted-images.ts';
import type { ErasedImages } from '../../data/images/erased-images.ts';
import { allKeysOf, incomingKey } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';

export interface DiscardDeps {
  erasedImages: Pick<ErasedImages, 'has'>;
  deletedImages: Pick<DeletedImages, 'get'>;
  bucket: Pick<Objects, 'head' | 'delete'>;
  now: () => Date;
}

/**
 * Deletes an upload whose image was deleted or erased. An upload of an unknown image is kept: if the table was restored from a
 * backup, it may be all that is left of that image.
 *
 * @throws Error if the image is unknown. It may have been removed just now, so that its erasure is not recorded yet.
 */
export async function discardUpload(id: string, { erasedImages, deletedImages, bucket, now }: DiscardDeps) {
  // The original and the renditions of a deleted image stay until it can no longer be restored.
  if (await deletedImages.get(id, now())) return bucket.delete([incomingKey({ id })]);
  if (await erasedImages.has(id)) return bucket.delete(allKeysOf({ id }));
  if (await bucket.head(incomingKey({ id }))) throw new Error(`an upload has no image: ${id}`);
}
