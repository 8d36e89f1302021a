import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Batch, DeletedBatch } from '../domain/batches/batch.ts';
import type { Deletion } from '../domain/deletion.ts';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import type { Assignment } from '../domain/patients/assignment.ts';
import { getMany } from './dynamodb/batch-requests.ts';
import { type Condition, equals, onlyIf, updateIf } from './dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './dynamodb/page.ts';
import { putOnce } from './dynamodb/put-once.ts';
import { hasExpired, parseItem, parseReadable, type Table } from './dynamodb/table.ts';
import { updateOf } from './dynamodb/update-expression.ts';
import { batchesOfPatient, batchKey, batchListKey, deletedBatchKeys, deletedOfPatient } from './keys.ts';

/** The batches in the table. */
export class Batches {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Creates the batch, and returns it as it is stored: see `putOnce`. */
  async create(batch: Batch): Promise<Batch> {
    const item = { ...batch, ...batchKey(batch.id), ...batchListKey(batch) };
    return parseItem(Batch, await putOnce(this.#table, item));
  }

  async get(id: string): Promise<Batch | undefined> {
    const item = await this.#read(id);
    return item && item.deletedAt === undefined ? parseItem(Batch, item) : undefined;
  }

  /** Reads the batches that are not deleted, in no order. Damaged ones are left out. */
  async getMany(ids: readonly string[]): Promise<Batch[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(batchKey));
    return parseReadable(
      Batch,
      items.filter(({ deletedAt }) => deletedAt === undefined),
    );
  }

  /** Reads a deleted batch, as long as it can be restored. */
  async getDeleted(id: string, now: Date): Promise<DeletedBatch | undefined> {
    const item = await this.#read(id);
    return item?.deletedAt && !hasExpired(item, now) ? parseItem(DeletedBatch, item) : undefined;
  }

  /** Reads a batch, deleted or not, as long as it is not erased. */
  async find(id: string, now: Date): Promise<Batch | undefined> {
    const item = await this.#read(id);
    return item && !hasExpired(item, now) ? parseItem(Batch, item) : undefined;
  }

  async #read(id: string): Promise<Record<string, unknown> | undefined> {
    const { name: TableName, client } = this.#table;
    // A consistent read: clients upload into a batch right after they create it.
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: batchKey(id), ConsistentRead: true }),
    );
    return Item;
  }

  /** Lists the patient's deleted batches that can be restored, the last deleted first. */
  async listDeletedOf(patientId: string, now: Date): Promise<DeletedBatch[]> {
    const partition = deletedOfPatient(patientId);
    const query = {
      partition,
      schema: DeletedBatch,
      keyOf: batchKey,
      newestFirst: true,
      leavesOutDamaged: true,
    };
    const batches = await Array.fromAsync(queryAll(this.#table, query));
    return batches.filter((batch) => !hasExpired(batch, now));
  }

  /** Lists one page of the patient's batches, newest first. */
  async listOfPatient(patientId: string, page: PageRequest): Promise<Page<Batch>> {
    const partition = batchesOfPatient(patientId);
    return queryPage(this.#table, { partition, schema: Batch, keyOf: batchKey, newestFirst: true }, page);
  }

  /** Yields all batches of the patient, oldest first. */
  allOfPatient(patientId: string): AsyncGenerator<Batch> {
    return queryAll(this.#table, { partition: batchesOfPatient(patientId), schema: Batch, keyOf: batchKey });
  }

  /**
   * Counts the patient's batches and their images.
   *
   * One Query computes the sum. A stored sum would be written by every upload of the patient, and could differ from the
   * batches' own counts. A patient has dozens of batches, and the 1 MB that one Query reads holds thousands.
   */
  async summaryOfPatient(patientId: string): Promise<{ batches: number; images: number }> {
    const summary = { batches: 0, images: 0 };
    const query = {
      partition: batchesOfPatient(patientId),
      schema: Batch,
      keyOf: batchKey,
      leavesOutDamaged: true,
    };
    for await (const { imageCount } of queryAll(this.#table, query)) {
      summary.batches++;
      summary.images += imageCount;
    }
    return summary;
  }

  /** Renames the batch. Returns undefined if it does not exist, or (`asRead`) was changed since it was read. */
  rename(batch: Batch, name: string, now: Date, { asRead = false } = {}): Promise<Batch | undefined> {
    const unchanged = asRead
      ? (['name', 'patientId', 'imageCount', 'updatedAt'] as const).map((field) =>
          equals(field, batch[field]),
        )
      : [];
    return this.#update(batch.id, { name, updatedAt: now.toISOString() }, [EXISTS, ...unchanged]);
  }

  /**
   * Deletes the batch: from then on it is in no list, and no image of it can become ready. It can be restored until its
   * time to live. `settleBatch` deletes its images.
   *
   * @returns undefined if it is deleted already, or one of its images is under a legal hold
   */
  delete(batch: Batch, { by, at, until }: Deletion): Promise<Batch | undefined> {
    const deletedAt = at.toISOString();
    const values = {
      deletedAt,
      deletedBy: by,
      unsettledSince: deletedAt,
      expiresAt: epochSeconds(until),
      ...deletedBatchKeys({ ...batch, deletedAt }),
    };
    return this.#update(batch.id, values, [EXISTS, NOT_HELD, equals('patientId', batch.patientId)]);
  }

  /** Restores a deleted batch. `settleBatch` restores its images. Returns undefined if it is not deleted any more. */
  restore(batch: DeletedBatch, now: Date): Promise<Batch | undefined> {
    const updatedAt = now.toISOString();
    const values = {
      updatedAt,
      deletedAt: null,
      deletedBy: null,
      expiresAt: null,
      unsettledSince: updatedAt,
      ...batchListKey(batch),
    };
    return this.#update(batch.id, values, [equals('deletedAt', batch.deletedAt)]);
  }

  /**
   * Moves the batch to another patient. `settleBatch` moves its images.
   *
   * @returns undefined if it was deleted or moved since it was read
   */
  move(batch: Batch, patientId: string, assignment: Assignment): Promise<Batch | undefined> {
    const values = {
      patientId,
      source: 'clinic',
      assignment,
      updatedAt: assignment.at,
      unsettledSince: assignment.at,
      ...batchListKey({ ...batch, patientId }),
    };
    return this.#update(batch.id, values, [EXISTS, equals('patientId', batch.patientId)]);
  }

  /** Records that the images of the batch are what the batch was when it was read. */
  async markSettled({ id, unsettledSince }: Batch): Promise<void> {
    if (unsettledSince)
      await this.#update(id, { unsettledSince: null }, [equals('unsettledSince', unsettledSince)]);
  }

  /**
   * Removes the batch for good. The table's stream then removes its images.
   *
   * @returns false if one of its images is under a legal hold
   */
  async erase(id: string): Promise<boolean> {
    const { name: TableName, client } = this.#table;
    try {
      await client.send(new DeleteCommand({ TableName, Key: batchKey(id), ...onlyIf([NOT_HELD]) }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Updates the batch. Returns undefined if it does not exist or a condition fails. */
  async #update(
    id: string,
    values: Record<string, unknown>,
    conditions: readonly Condition[],
  ): Promise<Batch | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: batchKey(id),
          ...updateIf(conditions, updateOf(values)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Batch, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

/** The batch exists and is not deleted. */
const EXISTS: Condition = {
  expression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
  names: {},
  values: {},
};

/** None of its images is under a legal hold. */
const NOT_HELD: Condition = {
  expression: '(attribute_not_exists(#heldImages) OR #heldImages = :none)',
  names: { '#heldImages': 'heldImages' },
  values: { ':none': 0 },
};
