import type { Batch } from './batch.ts';
import { DomainError } from './errors.ts';
import { type Image, isReady, type ReadyImage } from './image.ts';
import type { Limits } from './limits.ts';

/**
 * The images that go into the archive of a batch: those that are asked for, or all that are ready.
 *
 * @throws DomainError NOT_FOUND where one that is asked for is not a ready image of this batch, or there is none at
 *   all: an archive must not quietly lack what someone ticked. PAYLOAD_TOO_LARGE above what can be streamed.
 */
export function archiveOf(
  batch: Batch,
  images: readonly Image[],
  asked: readonly string[] | undefined,
  { zipBytes }: Limits,
): ReadyImage[] {
  const ready = [...new Map(images.map((image) => [image.id, image])).values()]
    .filter((image) => image.batchId === batch.id)
    .filter(isReady)
    // The order of the list, and not of the question: the same selection gives the same bytes.
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  const there = new Set(ready.map(({ id }) => id));
  const missing = (asked ?? []).filter((id) => !there.has(id));
  if (missing.length > 0) {
    throw new DomainError('NOT_FOUND', 'Some of the images are not ready images of this batch.', {
      details: missing.map((id) => `image_ids: ${id} is not a ready image of this batch`),
    });
  }
  if (ready.length === 0) throw new DomainError('NOT_FOUND', 'The batch has no images to download.');
  const bytes = ready.reduce((sum, { fileSize }) => sum + fileSize, 0);
  if (bytes > zipBytes) {
    throw new DomainError('PAYLOAD_TOO_LARGE', 'The images are too much for one download.', {
      details: [
        `they must be at most ${zipBytes} bytes together and are ${bytes}; select fewer by image_ids`,
      ],
    });
  }
  return ready;
}
