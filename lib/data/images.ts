import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deletion } from '../domain/deletion.ts';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { Id } from '../domain/identifiers.ts';
import { Image, isReady, type ReadyImage } from '../domain/images/image.ts';
import { isUndecided } from '../domain/images/image-status.ts';
import { requireNoLegalHold } from '../domain/legal-hold.ts';
import type { StorageQuotas } from '../domain/limits/storage-quota.ts';
import { NEVER_ARRIVED } from '../domain/uploads/upload-reasons.ts';
import { getMany, keysIn, writeMany } from './dynamodb/batch-requests.ts';
import { type Condition, equals, updateIf } from './dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './dynamodb/page.ts';
import { putAllNew, putNew } from './dynamodb/put-once.ts';
import { queryShards } from './dynamodb/query-shards.ts';
import { hasExpired, parseItem, parseReadable, type Table } from './dynamodb/table.ts';
import { transactMany } from './dynamodb/transact-many.ts';
import { transact } from './dynamodb/transaction.ts';
import { updateOf } from './dynamodb/update-expression.ts';
import {
  decrementBatchCount,
  decrementCaseCount,
  decrementCount,
  incrementCount,
  ownerAfterMove,
  requireBatchDeleted,
} from './image-counts.ts';
import {
  changeState,
  decide,
  linksOwnedBy,
  markDeleted,
  OUTSIDE_CASES,
  ownedBy,
  remove,
  updateImage,
} from './image-writes.ts';
import {
  ARRIVED_IMAGES,
  annotationsOf,
  editsOf,
  erasureKey,
  imageKey,
  imageListKey,
  imagesOfBatch,
  imagesOfCase,
  imagesOfPatient,
  linkKey,
  linkListKey,
  linksOfPatient,
  linksOfRecord,
  patientListKey,
  uploadListKey,
  uploadsOfDay,
} from './keys.ts';
import { addStored, fullAt, moveStored, removeStored } from './stored-amounts.ts';

/** The changes that a person may make to an image. Null removes a value. */
export type ImageChanges = Partial<Pick<Image, 'category' | 'caption' | 'eyeSide' | 'order'>> & {
  dateTaken?: string | null;
};

/** The properties detected in the bytes. */
export type ReadyFacts = Pick<
  ReadyImage,
  | 'mimeType'
  | 'fileSize'
  | 'crc32'
  | 'width'
  | 'height'
  | 'dpi'
  | 'pages'
  | 'thumbnailBytes'
  | 'hasPreview'
  | 'capturedLocal'
  | 'captureOffset'
  | 'key'
>;

/**
 * `done`: the change was made. `already`: the image was decided before. `gone`: the image or its batch was deleted
 * meanwhile.
 */
export type Decision = 'done' | 'already' | 'gone';

/** Longer than an upload is kept: see `EXPIRE_AFTER_DAYS`. */
const ERASURE_DAYS = 120;

/** An erased image. Nothing of it is kept but its id. */
export const ErasedImage = z.object({
  id: Id,
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});

interface ErasableImage {
  id: string;
  uploadedBy?: string | undefined;
  patientId?: string | undefined;
  fileSize?: number | undefined;
}

/** The image id of a link item. */
export const RecordLink = z.object({ id: Id });

type Keep = (image: Image) => boolean;

/** The images in the table, with the counts that depend on them. */
export class Images {
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
   * @throws StorageFull if they do not fit into the quotas
   */
  async createPending(images: readonly Image[], quotas?: StorageQuotas): Promise<void> {
    try {
      await putAllNew(this.#table, images.map(toItem), {
        writes: (items) => addStored(items, quotas),
        refusal: (failed, first, items) => fullAt(failed, first, items, quotas),
      });
    } catch (error) {
      // Nobody gets to know these images, so that half of them would only stand in the list until they are marked as expired.
      await Promise.allSettled(images.map((image) => transact(this.#table, [remove(image)])));
      throw error;
    }
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

  /** Deletes the links of an erased image, its edits and its annotations. Until then they refer to no image, which does no harm. */
  async deleteDependents({ id, links = {} }: Pick<Image, 'id' | 'links'>): Promise<void> {
    const keys = [
      ...Object.entries(links).map(([type, recordId]) => linkKey(id, type, recordId)),
      ...(await keysIn(this.#table, editsOf(id))),
      ...(await keysIn(this.#table, annotationsOf(id))),
    ];
    await writeMany(
      this.#table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }

  async get(id: string): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: imageKey(id), ConsistentRead: true }),
    );
    return Item && !isGone(Item) ? parseItem(Image, Item) : undefined;
  }

  /** Reads the images that exist, in the order of the ids. Damaged ones are left out. */
  async getMany(ids: readonly string[]): Promise<Image[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(imageKey));
    const there = items.filter((item) => !isGone(item));
    const images = parseReadable(Image, there);
    const found = new Map(images.map((image) => [image.id, image]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Lists one page of the batch's images, in their order. */
  async listInBatch(batchId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    return queryPage(this.#table, { ...listQuery(imagesOfBatch(batchId)), ...(keep && { keep }) }, page);
  }

  /** Lists one page of the patient's images, of batches and cases, newest first. */
  async listOfPatient(patientId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    const query = { ...listQuery(imagesOfPatient(patientId)), index: 'gsi2', newestFirst: true } as const;
    return queryPage(this.#table, { ...query, ...(keep && { keep }) }, page);
  }

  /**
   * Yields the images that were uploaded on a day by the clinic's clock, the last one first; also those that are pending or were
   * refused, and none that is deleted.
   */
  async *uploadedOn(day: string, readAtOnce: number): AsyncGenerator<Image> {
    const query = {
      schema: Image,
      keyOf: imageKey,
      index: 'gsi3' as const,
      filter: {
        FilterExpression: '#status <> :deleted',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':deleted': 'deleted' },
      },
    };
    for await (const { item } of queryShards(this.#table, uploadsOfDay(day), query, readAtOnce)) yield item;
  }

  /**
   * Lists one page of the images that are linked to a record other than a patient: of one patient, or all.
   *
   * One Query reads the links and one more request reads their images. A link whose image is deleted makes the page
   * shorter.
   */
  async listOfRecord(
    [type, recordId]: readonly [type: string, recordId: string],
    patientId: string | undefined,
    page: PageRequest,
  ): Promise<Page<Image>> {
    const query = {
      schema: RecordLink,
      keyOf: (imageId: string) => linkKey(imageId, type, recordId),
      newestFirst: true,
      ...(patientId === undefined
        ? { index: 'gsi2' as const, partition: linksOfRecord(type, recordId) }
        : { partition: linksOfPatient(type, recordId, patientId) }),
    };
    const links = await queryPage(this.#table, query, page);
    return { items: await this.getMany(links.items.map(({ id }) => id)), next: links.next };
  }

  /** Yields all images of the patient, of batches and cases, oldest first. */
  allOfPatient(patientId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, { ...listQuery(imagesOfPatient(patientId)), index: 'gsi2' });
  }

  /** Lists one page of the case's images by their displayed time, oldest first. */
  async listInCase(caseId: string, page: PageRequest): Promise<Page<Image>> {
    return queryPage(this.#table, listQuery(imagesOfCase(caseId)), page);
  }

  /** Yields all images of the case, oldest first, pending ones included. */
  allInCase(caseId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfCase(caseId)));
  }

  /**
   * Removes the image from its case and from the case's count. It stays its patient's. Repeating this changes nothing.
   */
  async leaveCase(image: Image & { caseId: string }, now: Date): Promise<void> {
    const { caseId, status } = image;
    const leave = updateImage(image, [status], { ...OUTSIDE_CASES, updatedAt: now.toISOString() });
    const failed = await transact(
      this.#table,
      isReady(image) ? [leave, decrementCaseCount(caseId)] : [leave],
    );
    if (failed.has(1) && !failed.has(0))
      throw new Error(`the case ${caseId} counts fewer images than it holds`);
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    // The image was decided or moved since our read; or it has left the case or was deleted.
    if (found?.caseId === caseId) return this.leaveCase({ ...found, caseId }, now);
  }

  /** Yields all images of the batch, in their order. */
  allInBatch(batchId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfBatch(batchId)));
  }

  /** Changes an image. Returns undefined if it does not exist, or (`asRead`) was changed since it was read. */
  async change(
    image: Image,
    changes: ImageChanges,
    now: Date,
    { asRead = false } = {},
  ): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const set: Record<string, unknown> = { ...changes, updatedAt: now.toISOString() };
    // Images of a case are ordered by time, so their order can't be changed.
    if (changes.order !== undefined && image.caseId === undefined) {
      set.gsi1sk = imageListKey({ ...image, order: changes.order }).gsi1sk;
    }
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: imageKey(image.id),
          ...updateIf([EXISTS, ...(asRead ? isUnchanged(image) : [])], updateOf(set)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Image, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
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

  /**
   * Makes an image ready whose bytes were checked, and counts it, both or neither.
   *
   * ```
   * event A ── render ── markReady ✔ (count + 1)
   * event A' (again) ── render ──────── markReady: the state allows it no more → already
   * DELETE image / batch ── between ──── markReady: item or batch missing → gone
   * the batch or case is moved ── between ── markReady: again, for its new patient
   * ```
   */
  async markReady(
    image: Image,
    facts: ReadyFacts,
    now: Date,
    patientId = image.patientId,
  ): Promise<Decision> {
    const updatedAt = now.toISOString();
    const place = { ...placeInCase({ ...image, ...facts }), ...ownedBy(image, patientId) };
    const failed = await transact(this.#table, [
      decide(image, 'accept', { ...facts, ...place, updatedAt }),
      ...incrementCount({ ...image, patientId }, updatedAt),
      ...linksOwnedBy(image, patientId),
      ...moveStored([image], patientId),
    ]);
    if (failed.size === 0) return 'done';
    if (failed.has(0)) {
      const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
      return found && isUndecided(found) ? this.markReady(found, facts, now) : decisionOf(found);
    }
    const owner = ownerAfterMove(image, failed.get(1));
    if (owner !== undefined) return this.markReady(image, facts, now, owner);
    if (image.batchId !== undefined) return 'gone';
    // The clinic assigned the case without its images to another patient: the image stays its patient's, without a case.
    await this.leaveCase({ ...image, caseId: image.caseId ?? '' }, now);
    return this.markReady({ ...image, caseId: undefined }, facts, now);
  }

  /** Records that the bytes of an image have arrived and wait for the malware scan. */
  async markScanning(image: Image, now: Date): Promise<void> {
    const values = { statusReason: null, expiresAt: null, updatedAt: now.toISOString() };
    await transact(this.#table, [changeState(image, 'scan', values)]);
  }

  /**
   * Records that the bytes of an image could not be checked. The upload is kept, so that they can be checked again.
   *
   * @returns false if that is known already, or the image was decided or removed
   */
  async markFailed(image: Image, statusReason: string, now: Date): Promise<boolean> {
    const values = { statusReason, updatedAt: now.toISOString() };
    return (await transact(this.#table, [changeState(image, 'fail', values)])).size === 0;
  }

  /**
   * Records that the bytes of an image never arrived. The image is removed at `until`, unless they arrive nevertheless. If it was
   * decided, moved or removed since it was read, nothing changes.
   */
  async markExpired(image: Image, until: Date, now: Date): Promise<void> {
    const values = {
      statusReason: NEVER_ARRIVED,
      expiresAt: epochSeconds(until),
      updatedAt: now.toISOString(),
    };
    await transact(this.#table, [changeState(image, 'expire', values)]);
  }

  /**
   * Remembers that an image was erased, so that an upload that arrives later is known to belong to nobody, and takes it out of
   * what its uploader and its patient have stored. Repeating this changes nothing.
   *
   * @param image without its uploader, patient or size, if these are damaged
   */
  async rememberErasure(image: ErasableImage, now: Date): Promise<void> {
    const { id, fileSize } = image;
    const expiresAt = epochSeconds(now) + ERASURE_DAYS * 86_400;
    await transact(this.#table, [
      putNew({ ...erasureKey(id), id, expiresAt }),
      ...(fileSize === undefined ? [] : removeStored([{ ...image, fileSize }])),
    ]);
  }

  /** Forgets the erasure of an image that a restore has brought back. */
  async forgetErasure(id: string): Promise<void> {
    await writeMany(this.#table, [{ DeleteRequest: { Key: erasureKey(id) } }]);
  }

  /** Whether an image with this id was erased. */
  async isErased(id: string): Promise<boolean> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: erasureKey(id), ConsistentRead: true }),
    );
    return Item !== undefined;
  }

  /** Rejects an image with a reason for the user. */
  async markRejected(image: Image, statusReason: string, now: Date): Promise<Decision> {
    const values = { statusReason, updatedAt: now.toISOString() };
    const failed = await transact(this.#table, [decide(image, 'reject', values)]);
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    if (found && isUndecided(found)) return this.markRejected(found, statusReason, now);
    return failed.size === 0 ? 'done' : decisionOf(found);
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
    const all = this.allInBatch(batchId);
    await transactMany(this.#table, all, requireBatchDeleted(batchId), (image) => [write(image)], deleteOne);
  }
}

/** The item of an image. */
export const toItem = (image: Image) => ({
  ...image,
  ...imageKey(image.id),
  ...imageListKey(image),
  ...patientListKey(image),
  ...uploadListKey(image),
});

/** Whether an item is not to be found any more. */
const isGone = (item: Record<string, unknown>) => item.status === 'deleted' || hasExpired(item, new Date());

/** The image exists and is not deleted. */
const EXISTS: Condition = {
  expression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
  names: {},
  values: {},
};

/**
 * The image is as it was read. All that people and the pipeline change is compared, because two changes within a millisecond
 * have the same time.
 */
const isUnchanged = (image: Image) =>
  (['category', 'caption', 'dateTaken', 'order', 'status', 'batchId', 'updatedAt'] as const).map((field) =>
    equals(field, image[field]),
  );

const listQuery = (partition: string) => ({
  partition,
  schema: Image,
  keyOf: imageKey,
  filter: {
    FilterExpression: 'attribute_not_exists(expiresAt) OR expiresAt > :now',
    ExpressionAttributeValues: { ':now': epochSeconds(new Date()) },
  },
});

/** The list key of an image of a case, once the capture time of its file is known. */
const placeInCase = (image: Image) =>
  image.caseId === undefined ? {} : { gsi1sk: imageListKey(image).gsi1sk };

const decisionOf = (found: Image | undefined): Decision => (found ? 'already' : 'gone');
