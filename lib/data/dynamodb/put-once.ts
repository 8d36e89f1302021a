import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { chunks } from './batch-requests.ts';
import type { Table } from './table.ts';
import { type FailedConditions, TRANSACTION_ITEMS, type TransactItem, transact } from './transaction.ts';

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

/** The same put as a part of a transaction. */
export const putNew = (Item: Record<string, unknown>) => ({
  Put: { Item, ConditionExpression: 'attribute_not_exists(pk)' },
});

/** Writes that count items in the transaction that puts them, and the error if a condition of theirs fails. */
interface Counting<T> {
  /** As many writes for some of the items as for all, or fewer. */
  writes: (items: readonly T[]) => readonly TransactItem[];
  /** @param first the place of the first of these writes in the transaction */
  refusal: (failed: FailedConditions, first: number, items: readonly T[]) => Error | undefined;
}

/**
 * Puts the items that do not exist yet, and counts only these. Those that an earlier attempt has put stay the same: they may
 * have changed since.
 *
 * @param counting none, if the items are not counted
 */
export async function putAllNew<T extends Record<string, unknown>>(
  table: Table,
  items: readonly T[],
  counting?: Counting<T>,
): Promise<void> {
  const counts = counting?.writes(items).length ?? 0;
  for (const chunk of chunks(items, TRANSACTION_ITEMS - counts)) {
    let rest = chunk;
    while (rest.length > 0) {
      const failed = await transact(table, [...rest.map(putNew), ...(counting?.writes(rest) ?? [])]);
      if (failed.size === 0) break;
      const missing = rest.filter((_item, index) => !failed.has(index));
      // All of the rest is new, and does not fit.
      if (missing.length === rest.length) throw counting?.refusal(failed, rest.length, rest);
      rest = missing;
    }
  }
}
