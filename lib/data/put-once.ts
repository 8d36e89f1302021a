import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { chunks } from './batch-requests.ts';
import type { Table } from './table.ts';
import { transact } from './transaction.ts';

/** Items that one TransactWriteItems takes (DynamoDB API reference). */
const TRANSACTION = 100;

/**
 * Puts an item unless it exists, and returns what is stored.
 *
 * An item that exists has been put by an earlier attempt of the same request, because its id was drawn for this request
 * alone: the response of that attempt was lost, or its function ended. So a failed condition is success.
 */
export async function putOnce(
  { name: TableName, client }: Table,
  Item: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  try {
    await client.send(
      new PutCommand({
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Item;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
    return unmarshall(error.Item);
  }
}

/** The put of a pending item. It also replaces that of an earlier attempt of the same request, unless it is decided. */
export const putPending = (Item: Record<string, unknown>) => ({
  Put: {
    Item,
    ConditionExpression: 'attribute_not_exists(pk) OR #status = :pending',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':pending': 'pending' },
  },
});

/** Puts pending items. Those that are decided already, because an earlier attempt put them, stay the same. */
export async function putAllPending(table: Table, items: readonly Record<string, unknown>[]): Promise<void> {
  for (const chunk of chunks(items, TRANSACTION)) {
    let rest = chunk;
    while (rest.length > 0) {
      const failed = await transact(table, rest.map(putPending));
      if (failed.size === 0) break;
      rest = rest.filter((_item, index) => !failed.has(index));
    }
  }
}
