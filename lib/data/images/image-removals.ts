import type { Deletion } from '../../domain/deletion.ts';
import { Image, isReady } from '../../domain/images/image.ts';
import { requireNoLegalHold } from '../../domain/legal-hold.ts';
import { queryAll } from '../dynamodb/page.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transactMany } from '../dynamodb/transact-many.ts';
import { transact } from '../dynamodb/transaction.ts';
import { imagesOfBatch } from '../keys.ts';
import {
  decrementBatchCount,
  decrementCaseCount,
  decrementCount,
  requireBatchDeleted,
} from './image-counts.ts';
import { markDeleted, remove } from './image-writes.ts';
import { listQuery } from './images.ts';

/** Removes images from the lists and the counts: so that they can be restored, or for good. */
export class ImageRemovals {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Deletes the image: from now on it is in no list and no count, and `get` does not find it. A ready image can be
   * restored until its time to live (`DeletedImages`); of any other nothing is kept.
   *
   * @throws DomainError CONFLICT if it is under a legal hold
   */
  async delete(image: Image, deletion: Deletion): Promise<void> {
    requireNoLegalHold(image);
    const { withBatch, at } = deletion;
    // With its batch, the image stays in the count of the batch.
    const counting =
      isReady(image) &&
      (withBatch ? requireBatchDeleted(withBatch) : decrementCount(image, at.toISOString()));
    const write = isReady(image) ? markDeleted(image, deletion) : remove(image);
    const failed = await transact(this.#table, counting ? [write, counting] : [write]);
    if (failed.has(0)) {
      const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
      // The image was decided, moved or held since our read.
      if (found && found.status !== 'deleted') await this.delete(found, deletion);
      return;
    }
    if (!failed.has(1)) return;
    if (image.caseId !== undefined)
      throw new Error(`the case ${image.caseId} counts fewer images than it holds`);
    // The batch was deleted meanwhile, so that the image goes with it, or was restored again.
    await this.delete(image, { ...deletion, withBatch: withBatch ? undefined : image.batchId });
  }

  /**
   * Deletes all images of a deleted batch, whose count stays for the day on which it is restored. It stops when the batch
   * is restored.
   */
  async deleteAllIn(batchId: string, deletion: Deletion): Promise<void> {
    const withBatch = { ...deletion, withBatch: batchId };
    const write = (image: Image) => (isReady(image) ? markDeleted(image, withBatch) : remove(image));
    const deleteOne = async (image: Image) => {
      let found: Image | undefined = image;
      while (found?.batchId === batchId && found.status !== 'deleted') {
        const failed = await transact(this.#table, [write(found), requireBatchDeleted(batchId)]);
        if (failed.has(1)) return false;
        found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
      }
      return true;
    };
    const all = queryAll(this.#table, listQuery(imagesOfBatch(batchId)));
    await transactMany(this.#table, all, requireBatchDeleted(batchId), (image) => [write(image)], deleteOne);
  }

  /**
   * Removes the image for good, unless it is deleted already. The table's stream then deletes its objects.
   *
   * @throws DomainError CONFLICT if it is under a legal hold
   */
  async erase(image: Image): Promise<void> {
    requireNoLegalHold(image);
    const { batchId, caseId } = image;
    const counting = batchId ? decrementBatchCount(batchId) : caseId && decrementCaseCount(caseId);
    const failed = await transact(
      this.#table,
      isReady(image) && counting ? [remove(image), counting] : [remove(image)],
    );
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    // The image was decided, moved or held since our read, so that its count differs now.
    if (found && found.status !== 'deleted') return this.erase(found);
    // The batch was erased meanwhile, and the stream removes its images.
    if (failed.has(1) && !failed.has(0)) await transact(this.#table, [remove(image)]);
  }
}
