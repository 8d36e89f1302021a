import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Batch } from '../domain/batches/batch.ts';
import { batchesOfPatient, batchKey, batchListKey } from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';

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
    const { name: TableName, client } = this.#table;
    // A consistent read: clients upload into a batch right after they create it.
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: batchKey(id), ConsistentRead: true }),
    );
    return Item && parseItem(Batch, Item);
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
  async rename(id: string, name: string, now: Date): Promise<Batch | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: batchKey(id),
          UpdateExpression: 'SET #name = :name, updatedAt = :now',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues: { ':name': name, ':now': now.toISOString() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Batch, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /**
   * Deletes the batch. From then on no image of it can become ready. `Images.deleteAllIn` deletes its images, here and
   * again from the table's stream, in case this function ends before that.
   */
  async delete(id: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: batchKey(id) }));
  }
}
