import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Image } from '../../domain/images/image.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import { putAllNew, putNew } from '../dynamodb/put-once.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import { ARRIVED_IMAGES, imageKey, linkKey, linkListKey } from '../keys.ts';
import { addStored, fullAt } from '../stored-amounts.ts';
import { toItem } from './image-writes.ts';

/** Records announced images, and that an upload has arrived. `ImageDecisions` has what follows. */
export class ImageIntake {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores pending images. They have no time to live: a pending image whose bytes have arrived must never be removed, and
   * the table does not know which have.
   *
   * There is no condition on the batch: an image of a batch that is deleted at this moment can never become ready.
   *
   * @param quotas none, if undefined
   * @throws StorageFull if they do not fit into the quotas. If one transaction is not enough for all, some may be stored nevertheless.
   */
  async createPending(images: readonly Image[], quotas?: StorageQuotas): Promise<void> {
    await putAllNew(this.#table, images.map(toItem), {
      writes: (items) => addStored(items, quotas),
      refusal: (failed, first, items) => fullAt(failed, first, items, quotas),
    });
  }

  /**
   * Stores a pending image and its links to records. Returns the image that is stored, which may be that of an earlier
   * attempt of the same request.
   *
   * @throws StorageFull if it does not fit into the quotas
   */
  async createLinked(image: Image, quotas?: StorageQuotas): Promise<Image> {
    const links = Object.entries(image.links ?? {}).map(([type, recordId]) => ({
      id: image.id,
      ...linkKey(image.id, type, recordId),
      ...linkListKey(image, type, recordId),
    }));
    const failed = await transact(this.#table, [
      putNew(toItem(image)),
      ...addStored([image], quotas),
      ...links.map((Item) => ({ Put: { Item } })),
    ]);
    const stored = failed.get(0);
    if (stored) return parseItem(Image, stored);
    const full = fullAt(failed, 1, [image], quotas);
    if (full) throw full;
    return image;
  }

  /**
   * Records that the client reports the upload as complete. The table's stream then starts the check of the bytes, once
   * for each report. An image that is decided already stays the same.
   */
  async markArrived(image: Image, now: Date): Promise<void> {
    const { name: TableName, client } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: imageKey(image.id),
          ...updateOf({ [ARRIVED_IMAGES.attribute]: now.toISOString() }),
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
