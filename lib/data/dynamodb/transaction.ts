import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table.ts';

/** The items that one transaction takes (DynamoDB API reference, TransactWriteItems). */
export const TRANSACTION_ITEMS = 100;

/** The failed conditions of a transaction, by position, each with the item that it found. */
export type FailedConditions = Map<number, Record<string, unknown> | undefined>;

type Input = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
/** One write of a transaction, in the SDK's form without the table's name. */
export type TransactItem = { [Action in keyof Input]?: Omit<NonNullable<Input[Action]>, 'TableName'> };

/**
 * Writes all of the items or none.
 *
 * @returns the failed conditions; if empty, the items were written
 */
export async function transact(
  { name, client }: Table,
  items: readonly TransactItem[],
): Promise<FailedConditions> {
  const TransactItems = items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([action, input]) => [
        action,
        { ...input, TableName: name, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      ]),
    ),
  ) as NonNullable<TransactWriteCommandInput['TransactItems']>;
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return new Map();
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const failed = (error.CancellationReasons ?? []).flatMap(({ Code, Item }, index) =>
      Code === 'ConditionalCheckFailed' ? [[index, Item && unmarshall(Item)] as const] : [],
    );
    if (failed.length === 0) throw error;
    return new Map(failed);
  }
}
