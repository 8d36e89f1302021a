import type { ImageIntake } from '../../data/images/image-intake.ts';
import type { ImageRemovals } from '../../data/images/image-removals.ts';
import type { Image } from '../../domain/images/image.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import { logger } from '../../lambda/http/response.ts';

export interface WithdrawDeps {
  imageRemovals: Pick<ImageRemovals, 'erase'>;
  abandonIds: (ids: readonly string[]) => Promise<void>;
}

export interface CreateDeps extends WithdrawDeps {
  imageIntake: Pick<ImageIntake, 'createPending'>;
}

/**
 * Stores pending images, all or none.
 *
 * @param quotas none, if undefined
 * @throws StorageFull if they do not fit into the quotas
 */
export async function createImages(
  images: readonly Image[],
  deps: CreateDeps,
  quotas: StorageQuotas | undefined,
): Promise<void> {
  try {
    await deps.imageIntake.createPending(images, quotas);
  } catch (error) {
    // No client knows these images: some of them would stay in the list until they are marked as expired.
    await withdrawImages(images, deps);
    throw error;
  }
}

/**
 * Removes the images that a failing attempt of a request has created. The next attempt gets other ids: the table's stream deletes
 * the objects of removed images, and may do that after the next attempt has stored its files.
 */
export async function withdrawImages(
  images: readonly Image[],
  { imageRemovals, abandonIds }: WithdrawDeps,
): Promise<void> {
  try {
    // First: if this fails, the images stay, and the next attempt completes them.
    await abandonIds(images.map(({ id }) => id));
    const removals = await Promise.allSettled(images.map((image) => imageRemovals.erase(image)));
    for (const each of removals) if (each.status === 'rejected') throw each.reason;
  } catch (error) {
    logger.error('images without files stay', { error: error as Error });
  }
}
