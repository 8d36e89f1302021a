import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Id } from '../domain/identifiers.ts';
import { Image, isReady, type ReadyImage } from '../domain/images/image.ts';
import { getMany, type WriteRequest, writeMany } from './batch-requests.ts';
import {
  ARRIVED_IMAGES,
  batchKey,
  caseKey,
  caseListKey,
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
} from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';
import { transact } from './transaction.ts';

/** The changes that a person may make to an image. Null removes a value. */
export type ImageChanges = Partial<Pick<Image, 'category' | 'caption' | 'order'>> & {
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
  | 'capturedAt'
  | 'key'
>;

/**
 * `done`: the change was made. `already`: the image was decided before. `gone`: the image or its batch was deleted
 * meanwhile.
 */
export type Transition = 'done' | 'already' | 'gone';

/** The image id of a link item. */
const Link = z.object({ id: Id });

type Keep = (image: Image) => boolean;

/** Items written at once if the list may have any length. */
const WRITTEN_AT_ONCE = 25;

/** The images in the table, with the counts that depend on them. */
export class Images {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores pending images. They expire at `expiresAt` unless decided before.
   *
   * There is no condition on the batch: an image of a batch that is deleted at this moment can never become ready.
   */
  async createPending(images: readonly Image[], expiresAt: Date): Promise<void> {
    const requests = images.map((image) => ({ PutRequest: { Item: toItem(image, expiresAt) } }));
    await writeMany(this.#table, requests);
  }

  /** Stores a pending image and its links to records; it expires as in `createPending`. */
  async createLinked(image: Image, expiresAt: Date): Promise<void> {
    const links = Object.entries(image.links ?? {}).map(([type, recordId]) => ({
      id: image.id,
      ...linkKey(image.id, type, recordId),
      ...linkListKey(image, type, recordId),
    }));
    const puts = [toItem(image, expiresAt), ...links].map((Item) => ({
      Put: { Item, ConditionExpression: 'attribute_not_exists(pk)' },
    }));
    const { size } = await transact(this.#table, puts);
    if (size > 0) throw new Error(`the image ${image.id} exists already`);
  }

  /** Deletes the links of a deleted image. Until then they refer to no image, which does no harm. */
  async deleteLinks({ id, links = {} }: Image): Promise<void> {
    const requests = Object.entries(links).map(([type, recordId]) => ({
      DeleteRequest: { Key: linkKey(id, type, recordId) },
    }));
    if (requests.length > 0) await writeMany(this.#table, requests);
  }

  async get(id: string): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: imageKey(id), ConsistentRead: true }),
    );
    return Item && !hasExpired(Item, new Date()) ? parseItem(Image, Item) : undefined;
  }

  /** Reads the images that exist, in the order of the ids. */
  async getMany(ids: readonly string[]): Promise<Image[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(imageKey));
    const images = items
      .filter((item) => !hasExpired(item, new Date()))
      .map((item) => parseItem(Image, item));
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
      schema: Link,
      keyOf: (imageId: string) => linkKey(imageId, type, recordId),
      newestFirst: true,
      ...(patientId === undefined
        ? { index: 'gsi2' as const, partition: linksOfRecord(type, recordId) }
        : { partition: linksOfPatient(type, recordId, patientId) }),
    };
    const links = await queryPage(this.#table, query, page);
    return { items: await this.getMany(links.items.map(({ id }) => id)), next: links.next };
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
    const { id, caseId, status } = image;
    const values = { ...OUTSIDE_CASES, updatedAt: now.toISOString() };
    const update = updateOf(values);
    const leave = {
      Update: {
        Key: imageKey(id),
        ...update,
        ConditionExpression: 'caseId = :case AND #status = :status',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status' },
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':case': caseId,
          ':status': status,
        },
      },
    };
    const failed = await transact(this.#table, isReady(image) ? [leave, discountInCase(caseId)] : [leave]);
    if (failed.has(1) && !failed.has(0))
      throw new Error(`the case ${caseId} counts fewer images than it holds`);
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    // The image was decided since our read, so that it is counted now; or it has left the case or was deleted.
    if (found?.caseId === caseId) return this.leaveCase({ ...found, caseId }, now);
  }

  /** Yields all images of the batch, in their order. */
  allInBatch(batchId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfBatch(batchId)));
  }

  /** Changes an image. Returns undefined if it does not exist. */
  async change(image: Image, changes: ImageChanges, now: Date): Promise<Image | undefined> {
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
          ...updateOf(set),
          ConditionExpression: 'attribute_exists(pk)',
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
   * Makes a pending image ready and counts it, both or neither.
   *
   * ```
   * event A ── render ── markReady ✔ (count + 1)
   * event A' (again) ── render ──────── markReady: status is not pending → already
   * DELETE image / batch ── between ──── markReady: item or batch missing → gone
   * ```
   */
  async markReady(image: Image, facts: ReadyFacts, now: Date): Promise<Transition> {
    const updatedAt = now.toISOString();
    const ready = { ...facts, ...placeInCase({ ...image, ...facts }), status: 'ready', updatedAt };
    const failed = await transact(this.#table, [decide(image, ready), ...countOrKeep(image, updatedAt)]);
    // The clinic assigned the case to another patient meanwhile: the image stays its patient's, without a case.
    if (failed.has(1) && !failed.has(0) && image.caseId !== undefined)
      return transitionOf(await transact(this.#table, [decide(image, { ...ready, ...OUTSIDE_CASES })]));
    return transitionOf(failed);
  }

  /** Rejects a pending image with a reason for the user. */
  async markRejected(image: Image, statusReason: string, now: Date): Promise<Transition> {
    const failed = await transact(this.#table, [
      decide(image, { status: 'rejected', statusReason, updatedAt: now.toISOString() }),
    ]);
    return transitionOf(failed);
  }

  /** Deletes the image and, if it was counted, reduces the count. The table's stream then deletes its objects. */
  async delete(image: Image, now: Date): Promise<void> {
    const remove = {
      Delete: {
        Key: imageKey(image.id),
        ConditionExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': image.status },
      },
    };
    const count = isReady(image) && discount(image, now.toISOString());
    const failed = await transact(this.#table, count ? [remove, count] : [remove]);
    const found = failed.get(0);
    // The image was decided since our read, so that its count differs now. A ready or rejected image does not change
    // again.
    if (found) return this.delete(parseItem(Image, found), now);
    // The batch was deleted meanwhile, so there is no count to reduce. Or the case has no count, because its images
    // arrived before cases had counts.
    if (failed.has(1)) return this.delete({ ...image, batchId: undefined, caseId: undefined }, now);
  }

  /** Deletes all images of a deleted batch, so there is no count to reduce. */
  async deleteAllIn(batchId: string): Promise<void> {
    let requests: WriteRequest[] = [];
    for await (const { id } of this.allInBatch(batchId)) {
      requests.push({ DeleteRequest: { Key: imageKey(id) } });
      if (requests.length === WRITTEN_AT_ONCE) {
        await writeMany(this.#table, requests);
        requests = [];
      }
    }
    if (requests.length > 0) await writeMany(this.#table, requests);
  }
}

/** The item of an image; `expiresAt` (seconds since 1970) is DynamoDB's time to live. */
export const toItem = (image: Image, expiresAt: Date) => ({
  ...image,
  ...imageKey(image.id),
  ...imageListKey(image),
  ...patientListKey(image),
  expiresAt: Math.floor(expiresAt.getTime() / 1000),
});

// DynamoDB removes expired items within days, not at once (developer guide, "Time to Live"). Until then they are
// ignored.
const hasExpired = (item: Record<string, unknown>, now: Date): boolean =>
  typeof item.expiresAt === 'number' && item.expiresAt * 1000 <= now.getTime();

const listQuery = (partition: string) => ({
  partition,
  schema: Image,
  keyOf: imageKey,
  filter: {
    FilterExpression: 'attribute_not_exists(expiresAt) OR expiresAt > :now',
    ExpressionAttributeValues: { ':now': Math.floor(Date.now() / 1000) },
  },
});

const countIn = (batchId: string, change: 1 | -1, updatedAt: string) => ({
  Update: {
    Key: batchKey(batchId),
    UpdateExpression: 'ADD imageCount :change SET updatedAt = :updatedAt',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':change': change, ':updatedAt': updatedAt },
  },
});

/** The update of the batch or case when a ready image is deleted; nothing if it is in neither. */
function discount({ batchId, caseId }: Image, updatedAt: string) {
  if (batchId !== undefined) return countIn(batchId, -1, updatedAt);
  return caseId === undefined ? undefined : discountInCase(caseId);
}

const discountInCase = (caseId: string) => ({
  Update: {
    Key: caseKey(caseId),
    UpdateExpression: 'ADD imageCount :change',
    ConditionExpression: 'imageCount > :none',
    ExpressionAttributeValues: { ':change': -1, ':none': 0 },
  },
});

/** An update expression that sets each value and removes those that are null. */
function updateOf(values: Record<string, unknown>) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  const set = entries.filter(([, value]) => value !== null).map(([name]) => `#${name} = :${name}`);
  const remove = entries.filter(([, value]) => value === null).map(([name]) => `#${name}`);
  return {
    UpdateExpression: [
      set.length > 0 && `SET ${set.join(', ')}`,
      remove.length > 0 && `REMOVE ${remove.join(', ')}`,
    ]
      .filter(Boolean)
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      entries.filter(([, value]) => value !== null).map(([name, value]) => [`:${name}`, value]),
    ),
  };
}

/** The list key of an image of a case, once the capture time of its file is known. */
const placeInCase = (image: Image) =>
  image.caseId === undefined ? {} : { gsi1sk: imageListKey(image).gsi1sk };

/** The decision on a pending image. It also removes the time to live. */
function decide(image: Image, values: Record<string, unknown>) {
  const update = updateOf({ ...values, expiresAt: null });
  return {
    Update: {
      Key: imageKey(image.id),
      ...update,
      ConditionExpression: '#status = :pending',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':pending': 'pending' },
    },
  };
}

/** The attributes removed from an image that leaves its case. */
const OUTSIDE_CASES = { caseId: null, gsi1pk: null, gsi1sk: null };

/** The condition and update of the image's batch or case when it becomes ready. */
function countOrKeep(image: Image, updatedAt: string) {
  if (image.batchId !== undefined) return [countIn(image.batchId, 1, updatedAt)];
  const { caseId: id, patientId, source } = image;
  if (id === undefined || patientId === undefined) return [];
  const { gsi1pk, gsi1sk } = caseListKey({ id, patientId, lastImageAt: updatedAt });
  const keep = {
    // From its first image on, the case belongs to the patient permanently: the claim no longer expires.
    Update: {
      Key: caseKey(id),
      UpdateExpression: `SET patientId = :patientId, id = :id, lastImageAt = :at, gsi1pk = :list, gsi1sk = :place, usedByPatientOnly = ${source === 'patient' ? 'if_not_exists(usedByPatientOnly, :patientOnly)' : ':patientOnly'} REMOVE expiresAt ADD imageCount :one`,
      ConditionExpression: 'attribute_not_exists(pk) OR patientId = :patientId',
      ExpressionAttributeValues: {
        ':patientId': patientId,
        ':id': id,
        ':at': updatedAt,
        ':list': gsi1pk,
        ':place': gsi1sk,
        ':one': 1,
        ':patientOnly': source === 'patient',
      },
    },
  };
  return [keep];
}

function transitionOf(failed: Map<number, Record<string, unknown> | undefined>): Transition {
  if (failed.size === 0) return 'done';
  return failed.has(0) && failed.get(0) !== undefined ? 'already' : 'gone';
}
