import { DomainError } from '../errors.ts';
import { type Image, isReady, type ReadyImage } from '../images/image.ts';
import type { Limits } from '../limits/limits.ts';
import type { Batch } from './batch.ts';

/**
 * Selects the images for the archive of a batch: the requested ones, or all that are ready.
 *
 * @throws DomainError NOT_FOUND if a requested image is not a ready image of this batch, or if no image is ready: an
 *   archive must not silently omit an image that someone selected.
 */
export function selectForArchive(
  batch: Batch,
  images: readonly Image[],
  requested: readonly string[] | undefined,
): ReadyImage[] {
  const ready = [...new Map(images.map((image) => [image.id, image])).values()]
    .filter((image) => image.batchId === batch.id)
    .filter(isReady)
    // In the order of the batch, not of the request, so that the same selection gives the same bytes.
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const there = new Set(ready.map(({ id }) => id));
  const missing = (requested ?? []).filter((id) => !there.has(id));
  if (missing.length > 0) {
    throw new DomainError('NOT_FOUND', 'Some of the images are not ready images of this batch.', {
      details: missing.map((id) => `image_ids: ${id} is not a ready image of this batch`),
    });
  }
  if (ready.length === 0) throw new DomainError('NOT_FOUND', 'The batch has no images to download.');
  return ready;
}

/** Whether an archive of the images is small enough to be streamed in the response. */
export const isStreamable = (images: readonly ReadyImage[], { zipBytes }: Limits): boolean =>
  images.reduce((sum, { fileSize }) => sum + fileSize, 0) <= zipBytes;
