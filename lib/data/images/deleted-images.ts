import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Batch } from '../../domain/batches/batch.ts';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { DomainError } from '../../domain/errors.ts';
import { DeletedImage, Image } from '../../domain/images/image.ts';
import { type WriteRequest, writeMany } from '../dynamodb/batch-requests.ts';
import { equals, onlyIf } from '../dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryAll, queryPage } from '../dynamodb/page.ts';
import { hasExpired, parseItem, type Table } from '../dynamodb/table.ts';
import { transactMany } from '../dynamodb/transact-many.ts';
import { transact } from '../dynamodb/transaction.ts';
import {
  batchKey,
  deletedOfPatient,
  imageKey,
  imageListKey,
  imagesDeletedWith,
  imagesOfBatch,
  patientListKey,
} from '../keys.ts';
import { moveStored } from '../stored-amounts.ts';
import { decrementBatchCount, incrementCount, ownerAfterMove, requireOwner } from './image-counts.ts';
import { changeState, linksOwnedBy, OUTSIDE_CASES, ownedBy } from './image-writes.ts';

/** Items written at once if the list may have any length. */
const WRITTEN_AT_ONCE = 25;

/** What the erasure of a batch needs of its images, so that a damaged one is erased as well. */
const IdOfImage = Image.pick({ id: true });

/** The deleted images, as long as they can be restored. */
export class DeletedImages {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(id: string, now: Date): Promise<DeletedImage | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: imageKey(id), ConsistentRead: true }),
    );
    return Item?.status === 'deleted' && !hasExpired(Item, now) ? parseItem(DeletedImage, Item) : undefined;
  }

  /** Lists one page of the patient's deleted images, the last deleted first, without those of deleted batches. */
  listOfPatient(patientId: string, now: Date, page: PageRequest): Promise<Page<DeletedImage>> {
    const query = { partition: deletedOfPatient(patientId), schema: DeletedImage, keyOf: imageKey };
    const filter = {
      FilterExpression: 'expiresAt > :now',
      ExpressionAttributeValues: { ':now': epochSeconds(now) },
    };
    return queryPage(this.#table, { ...query, index: 'gsi2', newestFirst: true, filter }, page);
  }

  /**
   * Makes the image ready again and counts it, both or neither; one that was deleted with its batch is still counted. If
   * its batch or case was moved to another patient, the image is now this patient's. An image whose case was assigned
   * without its images stays without a case.
   *
   * @throws DomainError CONFLICT if its batch is deleted
   */
  async restore(image: DeletedImage, now: Date, patientId = image.patientId): Promise<void> {
    const { batchId, deletedWith } = image;
    const counts =
      deletedWith && patientId
        ? [requireOwner(batchKey(deletedWith), patientId)]
        : incrementCount({ ...image, patientId }, now.toISOString());
    const failed = await transact(this.#table, [
      ...markReady(image, now, patientId),
      ...counts,
      ...moveStored([image], patientId),
    ]);
    if (failed.size === 0 || failed.has(0)) return;
    const [counted] = failed.values();
    const owner = ownerAfterMove(image, counted);
    if (owner !== undefined) return this.restore(image, now, owner);
    if (batchId === undefined) {
      await transact(this.#table, markReady(image, now, image.patientId, OUTSIDE_CASES));
      return;
    }
    throw new DomainError('CONFLICT', 'The batch of the image is deleted.', {
      details: [`POST /api/images/batches/${batchId}/restore restores it`],
    });
  }

  /** Restores all images that were deleted with the batch, which still counts them, unless it is deleted again. */
  async restoreAllOf({ id, patientId }: Batch, now: Date): Promise<void> {
    const isBatchThere = requireOwner(batchKey(id), patientId);
    const writesOf = (image: DeletedImage) => markReady(image, now, patientId);
    const amountsOf = (images: readonly DeletedImage[]) => moveStored(images, patientId);
    const restoreOne = async (image: DeletedImage) => {
      const failed = await transact(this.#table, [isBatchThere, ...writesOf(image), ...amountsOf([image])]);
      return !failed.has(0);
    };
    await transactMany(this.#table, this.#deletedWith(id), isBatchThere, writesOf, restoreOne, amountsOf);
  }

  /**
   * Removes the image for good. The table's stream then deletes its objects.
   *
   * @throws DomainError CONFLICT if it was restored meanwhile
   */
  async erase(image: DeletedImage): Promise<void> {
    const remove = { Delete: { Key: imageKey(image.id), ...onlyIf([sameDeletion(image)]) } };
    const { deletedWith } = image;
    const failed = await transact(
      this.#table,
      deletedWith ? [remove, decrementBatchCount(deletedWith)] : [remove],
    );
    // The batch was erased meanwhile, and its images with it.
    if (failed.has(1) && !failed.has(0)) return this.erase({ ...image, deletedWith: undefined });
    if (failed.get(0)) throw new DomainError('CONFLICT', 'The image was restored at the same time.');
  }

  /** Removes all images of a batch for good. */
  async eraseAllOf(batchId: string): Promise<void> {
    let requests: WriteRequest[] = [];
    const remaining = queryAll(this.#table, {
      partition: imagesOfBatch(batchId),
      schema: IdOfImage,
      keyOf: imageKey,
    });
    const deleted = queryAll(this.#table, {
      partition: imagesDeletedWith(batchId),
      schema: IdOfImage,
      keyOf: imageKey,
    });
    for (const images of [remaining, deleted]) {
      for await (const { id } of images) {
        requests.push({ DeleteRequest: { Key: imageKey(id) } });
        if (requests.length < WRITTEN_AT_ONCE) continue;
        await writeMany(this.#table, requests);
        requests = [];
      }
    }
    await writeMany(this.#table, requests);
  }

  #deletedWith(batchId: string) {
    const query = { partition: imagesDeletedWith(batchId), schema: DeletedImage, keyOf: imageKey };
    return queryAll(this.#table, query);
  }
}

/** The writes that restore a deleted image: it returns to its lists, as the image of this patient. */
function markReady(
  image: DeletedImage,
  now: Date,
  patientId: string | undefined,
  others: Record<string, null> = {},
) {
  const values = {
    updatedAt: now.toISOString(),
    deletedAt: null,
    deletedBy: null,
    deletedWith: null,
    expiresAt: null,
    // An image without patient, batch and case is only in the list of its record.
    gsi1pk: null,
    gsi2pk: null,
    ...imageListKey(image),
    ...patientListKey(image),
    ...ownedBy(image, patientId),
    ...others,
  };
  return [changeState(image, 'restore', values, sameDeletion(image)), ...linksOwnedBy(image, patientId)];
}

/** The condition that the image was not restored since it was read, or restored and deleted again. */
const sameDeletion = ({ deletedAt }: DeletedImage) => equals('deletedAt', deletedAt);
