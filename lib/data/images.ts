import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, BatchWriteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Image, isReady, type ReadyImage } from '../domain/image.ts';
import {
  ARRIVED_IMAGES,
  batchKey,
  caseKey,
  imageKey,
  imageListKey,
  imagesOfBatch,
  imagesOfCase,
  imagesOfPatient,
  patientListKey,
} from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';
import { transact } from './transaction.ts';

/** What a person may change of an image; null takes the value away. */
export type ImageChanges = Partial<Pick<Image, 'category' | 'caption' | 'order'>> & {
  dateTaken?: string | null;
};

/** What the bytes turned out to be. */
export type ReadyFacts = Pick<
  ReadyImage,
  | 'mimeType'
  | 'fileSize'
  | 'crc32'
  | 'width'
  | 'height'
  | 'thumbnailBytes'
  | 'hasPreview'
  | 'capturedAt'
  | 'key'
>;

/** `done`: it is so now. `already`: someone decided before. `gone`: the image or its batch was deleted meanwhile. */
export type Transition = 'done' | 'already' | 'gone';

type Keep = (image: Image) => boolean;

/** Items that one BatchWriteItem takes, and keys that one BatchGetItem takes (DynamoDB API reference). */
const WRITE_BATCH = 25;
const GET_BATCH = 100;

/** The images in the table, with the counts that depend on them. */
export class Images {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores images whose bytes are still to come. They vanish by themselves at `expiresAt` unless decided before.
   *
   * No condition on the batch: an image of a batch that is deleted at this moment can never become ready.
   */
  async createPending(images: readonly Image[], expiresAt: Date): Promise<void> {
    const requests = images.map((image) => ({ PutRequest: { Item: toItem(image, expiresAt) } }));
    await Promise.all(chunks(requests, WRITE_BATCH).map((chunk) => this.#writeAll(chunk)));
  }

  async get(id: string): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: imageKey(id), ConsistentRead: true }),
    );
    return Item && !hasExpired(Item, new Date()) ? parseItem(Image, Item) : undefined;
  }

  /** Those of the images that exist, in the order of the ids. */
  async getMany(ids: readonly string[]): Promise<Image[]> {
    const { name, client } = this.#table;
    const found = new Map<string, Image>();
    for (const chunk of chunks([...new Set(ids)], GET_BATCH)) {
      let keys: Record<string, unknown>[] = chunk.map(imageKey);
      for (let attempt = 1; keys.length > 0; attempt++) {
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetCommand({ RequestItems: { [name]: { Keys: keys, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[name] ?? []) {
          if (!hasExpired(item, new Date())) found.set(item.id, parseItem(Image, item));
        }
        keys = UnprocessedKeys?.[name]?.Keys ?? [];
        if (keys.length > 0) await backOff(attempt);
      }
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** A part of the batch's images, in their order. */
  async listInBatch(batchId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    return queryPage(this.#table, { ...listQuery(imagesOfBatch(batchId)), ...(keep && { keep }) }, page);
  }

  /** A part of the patient's images, of batches and cases alike, newest first. */
  async listOfPatient(patientId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    const query = { ...listQuery(imagesOfPatient(patientId)), list: 'patient', newestFirst: true } as const;
    return queryPage(this.#table, { ...query, ...(keep && { keep }) }, page);
  }

  /** A part of the case's images, oldest first. */
  async listInCase(caseId: string, page: PageRequest): Promise<Page<Image>> {
    return queryPage(this.#table, listQuery(imagesOfCase(caseId)), page);
  }

  /** All images of the batch, in their order. */
  allInBatch(batchId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfBatch(batchId)));
  }

  /** The changed image, or undefined where it is gone. */
  async change(image: Image, changes: ImageChanges, now: Date): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const set: Record<string, unknown> = { ...changes, updatedAt: now.toISOString() };
    if (changes.order !== undefined) {
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
   * Notes that the client says the bytes are there: the table's stream wakes who looks at them. Again and again, if it
   * is said again; what is decided already stays as it is.
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
    const failed = await transact(this.#table, [
      decide(image, { ...facts, status: 'ready', updatedAt }),
      countOrKeep(image, updatedAt),
    ]);
    return transitionOf(failed);
  }

  /** Refuses a pending image, for a reason that a person understands. */
  async markRejected(image: Image, statusReason: string, now: Date): Promise<Transition> {
    const failed = await transact(this.#table, [
      decide(image, { status: 'rejected', statusReason, updatedAt: now.toISOString() }),
    ]);
    return transitionOf(failed);
  }

  /** Takes the image away and, if it was counted, its count. Its objects follow from the table's stream. */
  async delete(image: Image, now: Date): Promise<void> {
    const remove = {
      Delete: {
        Key: imageKey(image.id),
        ConditionExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': image.status },
      },
    };
    const count = isReady(image) && image.batchId && countIn(image.batchId, -1, now.toISOString());
    const failed = await transact(this.#table, count ? [remove, count] : [remove]);
    const found = failed.get(0);
    // Decided since we looked: what is to be counted is another now. Once ready or rejected it stays so.
    if (found) return this.delete(parseItem(Image, found), now);
    // The batch is missing: it was deleted meanwhile, and with it there is nothing left to count.
    if (failed.has(1)) return this.delete({ ...image, batchId: undefined }, now);
  }

  /** Takes away all images of a batch that is itself gone, so that there is nothing left to count. */
  async deleteAllIn(batchId: string): Promise<void> {
    let requests: WriteRequest[] = [];
    for await (const { id } of this.allInBatch(batchId)) {
      requests.push({ DeleteRequest: { Key: imageKey(id) } });
      if (requests.length === WRITE_BATCH) {
        await this.#writeAll(requests);
        requests = [];
      }
    }
    if (requests.length > 0) await this.#writeAll(requests);
  }

  async #writeAll(requests: WriteRequest[]): Promise<void> {
    const { name, client } = this.#table;
    let rest = requests;
    for (let attempt = 1; rest.length > 0; attempt++) {
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [name]: rest } }),
      );
      rest = (UnprocessedItems?.[name] ?? []) as WriteRequest[];
      if (rest.length > 0) await backOff(attempt);
    }
  }
}

type WriteRequest =
  | { PutRequest: { Item: Record<string, unknown> } }
  | { DeleteRequest: { Key: Record<string, unknown> } };

/** The item of an image; `expiresAt` (seconds since 1970) is DynamoDB's time to live. */
export const toItem = (image: Image, expiresAt: Date) => ({
  ...image,
  ...imageKey(image.id),
  ...imageListKey(image),
  ...patientListKey(image),
  expiresAt: Math.floor(expiresAt.getTime() / 1000),
});

// DynamoDB removes expired items within days, not at once (developer guide, "Time to Live"): until then we look away.
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

/** An update expression that sets each value, and removes those that are null. */
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

/** The decision on a pending image: it stays, whatever its time to live said. */
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

/** What must be true of the image's batch or case when it becomes ready, and what changes there. */
function countOrKeep(image: Image, updatedAt: string) {
  if (image.batchId !== undefined) return countIn(image.batchId, 1, updatedAt);
  return {
    // The case is the patient's for good from its first image on: the claim no longer expires.
    Update: {
      Key: caseKey(image.caseId ?? ''),
      UpdateExpression: 'SET patientId = :patientId, id = :id REMOVE expiresAt',
      ConditionExpression: 'attribute_not_exists(pk) OR patientId = :patientId',
      ExpressionAttributeValues: { ':patientId': image.patientId, ':id': image.caseId },
    },
  };
}

function transitionOf(failed: Map<number, Record<string, unknown> | undefined>): Transition {
  if (failed.size === 0) return 'done';
  return failed.has(0) && failed.get(0) !== undefined ? 'already' : 'gone';
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

/** DynamoDB asks to send unprocessed items again after a growing pause (API reference, BatchWriteItem). */
const backOff = (attempt: number) => sleep(Math.random() * Math.min(1000, 20 * 2 ** attempt));
