import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Batch, DeletedBatch } from '../domain/batches/batch.ts';
import type { Deletion } from '../domain/deletion.ts';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { batchesOfPatient, batchKey, batchListKey, deletedBatchKeys, deletedOfPatient } from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { hasExpired, parseItem, type Table } from './table.ts';
import { updateOf } from './update-expression.ts';

/** The batches in the table. */
export class Batches {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async create(batch: Batch): Promise<void> {
    const { name: TableName, client } = this.#table;
    const Item = { ...batch, ...batchKey(batch.id), ...batchListKey(batch) };
    await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
  }

  async get(id: string): Promise<Batch | undefined> {
    const item = await this.#read(id);
    return item && item.deletedAt === undefined ? parseItem(Batch, item) : undefined;
  }

  /** Reads a deleted batch, as long as it can be restored. */
  async getDeleted(id: string, now: Date): Promise<DeletedBatch | undefined> {
    const item = await this.#read(id);
    return item?.deletedAt && !hasExpired(item, now) ? parseItem(DeletedBatch, item) : undefined;
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
    const query = { partition, schema: DeletedBatch, keyOf: batchKey, newestFirst: true };
    const batches = await Array.fromAsync(queryAll(this.#table, query));
    return batches.filter((batch) => !hasExpired(batch, now));
  }

  /** Lists one page of the patient's batches, newest first. */
  async listOfPatient(patientId: string, page: PageRequest): Promise<Page<Batch>> {
    const partition = batchesOfPatient(patientId);
    return queryPage(this.#table, { partition, schema: Batch, keyOf: batchKey, newestFirst: true }, page);
  }

  /**
   * Counts the patient's batches and their images.
   *
   * One Query computes the sum. A stored sum would be written by every upload of the patient, and could differ from the
   * batches' own counts. A patient has dozens of batches, and the 1 MB that one Query reads holds thousands.
   */
  async summaryOfPatient(patientId: string): Promise<{ batches: number; images: number }> {
    const summary = { batches: 0, images: 0 };
    const query = { partition: batchesOfPatient(patientId), schema: Batch, keyOf: batchKey };
    for await (const { imageCount } of queryAll(this.#table, query)) {
      summary.batches++;
      summary.images += imageCount;
    }
    return summary;
  }

  /** Renames the batch. Returns undefined if it does not exist. */
  rename(id: string, name: string, now: Date): Promise<Batch | undefined> {
    return this.#update(id, { name, updatedAt: now.toISOString() }, 'attribute_not_exists(deletedAt)');
  }

  /**
   * Deletes the batch: from then on it is in no list, and no image of it can become ready. It can be restored until its
   * time to live. `Images.deleteAllIn` deletes its images, here and again from the table's stream, in case this function
   * ends before that.
   */
  async delete(batch: Batch, { by, at, until }: Deletion): Promise<void> {
    const deletedAt = at.toISOString();
    const values = {
      deletedAt,
      deletedBy: by,
      expiresAt: epochSeconds(until),
      ...deletedBatchKeys({ ...batch, deletedAt }),
    };
    await this.#update(batch.id, values, 'attribute_not_exists(deletedAt)');
  }

  /**
   * Restores a deleted batch. `DeletedImages.restoreAllOf` restores its images, here and again from the table's stream,
   * and `markRestored` ends that.
   */
  async restore(batch: Batch, now: Date): Promise<Batch | undefined> {
    const updatedAt = now.toISOString();
    const values = {
      updatedAt,
      deletedAt: null,
      deletedBy: null,
      expiresAt: null,
      restoringSince: updatedAt,
    };
    return this.#update(batch.id, { ...values, ...batchListKey(batch) }, 'attribute_exists(deletedAt)');
  }

  async markRestored(id: string): Promise<void> {
    await this.#update(id, { restoringSince: null }, 'attribute_exists(restoringSince)');
  }

  /** Removes the batch for good. The table's stream then removes its images. */
  async erase(id: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: batchKey(id) }));
  }

  /** Updates the batch. Returns undefined if it does not exist or the condition fails. */
  async #update(id: string, values: Record<string, unknown>, condition: string): Promise<Batch | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: batchKey(id),
          ...updateOf(values),
          ConditionExpression: `attribute_exists(pk) AND ${condition}`,
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
