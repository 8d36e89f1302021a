import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table.ts';

/** Which of a transaction's conditions failed, by their place, each with the item as it was found. */
export type FailedConditions = Map<number, Record<string, unknown> | undefined>;

type Input = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
/** One write of a transaction, as the SDK has it but for the table's name. */
type TransactItem = { [Action in keyof Input]?: Omit<NonNullable<Input[Action]>, 'TableName'> };

const ATTEMPTS = 12;

/**
 * Writes all of the items or none.
 *
 * Two transactions that touch one item at the same moment cancel each other (TransactionConflict; the SDK does not
 * try again by itself). Uploads into one batch all count on that batch's item, so this is the rule and not the
 * exception: we wait a random time, longer each time, and try again.
 *
 * @returns the conditions that failed; none means that it is written
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
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return new Map();
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      const failed = reasons.flatMap(({ Code, Item }, index) =>
        Code === 'ConditionalCheckFailed' ? [[index, Item && unmarshall(Item)] as const] : [],
      );
      if (failed.length > 0) return new Map(failed);
      const conflict = reasons.some(
        ({ Code }) => Code === 'TransactionConflict' || Code === 'ThrottlingError',
      );
      if (!conflict || attempt === ATTEMPTS) throw error;
      await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
    }
  }
}
