import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, paginateScan, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { chunks } from '../dynamodb/batch-requests.ts';
import type { Table } from '../dynamodb/table.ts';

type Item = Record<string, unknown>;
export type ItemKey = Record<string, string>;

/** Copies the items of a table that DynamoDB restored from a backup into the table of the service. */
export class ItemCopies {
  readonly #from: Table;
  readonly #to: Table;

  constructor(from: Table, to: Table) {
    this.#from = from;
    this.#to = to;
  }

  /** The number of items to copy. */
  async count(): Promise<number> {
    let count = 0;
    const { client, name: TableName } = this.#from;
    for await (const { Count = 0 } of paginateScan({ client }, { TableName, Select: 'COUNT' }))
      count += Count;
    return count;
  }

  /** Whether the table of the service has no item at all. */
  async isTargetEmpty(): Promise<boolean> {
    const { client, name: TableName } = this.#to;
    const { Count } = await client.send(new ScanCommand({ TableName, Limit: 1, ConsistentRead: true }));
    return Count === 0;
  }

  /**
   * Copies the items in pages, beginning after a key. An item that the table of the service has is never replaced: it is newer, or was
   * copied before.
   *
   * @param unitsPerSecond write units of table and indexes together
   * @param prepare changes an item before it is written
   * @yields the number of items that were written, and the key after which the page ends
   */
  async *copy(
    after: ItemKey | undefined,
    unitsPerSecond: number,
    prepare: (item: Item) => Item,
  ): AsyncGenerator<{ written: number; last: ItemKey | undefined }> {
    let last = after;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#from.client.send(
        new ScanCommand({
          TableName: this.#from.name,
          ConsistentRead: true,
          Limit: PAGE,
          ...(last && { ExclusiveStartKey: last }),
        }),
      );
      let written = 0;
      for (const some of chunks(Items, AT_ONCE)) {
        const startedAt = performance.now();
        const units = await Promise.all(some.map((item) => this.#put(prepare(item))));
        written += units.filter((each) => each !== undefined).length;
        const spent = units.reduce<number>((sum, each = 1) => sum + each, 0);
        await sleep(Math.max(0, (spent / unitsPerSecond) * 1000 - (performance.now() - startedAt)));
      }
      last = LastEvaluatedKey;
      yield { written, last };
    } while (last);
  }

  /**
   * Changes what was between two states when the backup was made, so that the table's stream has it completed: the function
   * `complete-changes` hears of changed items only, not of new ones.
   */
  async resumeChanges(now: Date): Promise<number> {
    let resumed = 0;
    const { client, name } = this.#from;
    const unsettled = { TableName: name, FilterExpression: 'attribute_exists(unsettledSince)' };
    for await (const { Items = [] } of paginateScan({ client }, unsettled)) {
      for (const { pk, sk } of Items) if (await this.#touch({ pk, sk }, now)) resumed += 1;
    }
    return resumed;
  }

  /** Returns the consumed write units; undefined if the table has the item already. */
  async #put(Item: Item): Promise<number | undefined> {
    const { client, name: TableName } = this.#to;
    try {
      const { ConsumedCapacity } = await client.send(
        new PutCommand({
          TableName,
          Item,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      return ConsumedCapacity?.CapacityUnits ?? 1;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async #touch(Key: Item, now: Date): Promise<boolean> {
    const { client, name: TableName } = this.#to;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET unsettledSince = :now',
          ConditionExpression: 'attribute_exists(unsettledSince)',
          ExpressionAttributeValues: { ':now': now.toISOString() },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

/** Items of a page, after each of which the progress is kept. */
const PAGE = 500;
const AT_ONCE = 25;
