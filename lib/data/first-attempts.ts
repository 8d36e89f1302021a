import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { firstAttemptKey } from './keys.ts';

/** When a request with an `Idempotency-Key` was first attempted. A repetition gets the same ids. */
export const FirstAttempt = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.int(),
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});

/** When requests with an Idempotency-Key were first attempted; in the table of requests. */
export class FirstAttempts {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Returns when the request was first attempted: `now`, unless an earlier attempt recorded its time, at most this number
   * of seconds ago.
   *
   * @param request a hash of everything that identifies the request
   */
  async timeOf(request: string, now: Date, seconds: number): Promise<Date> {
    const { name: TableName, client } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: firstAttemptKey(request),
          UpdateExpression: 'SET startedAt = :startedAt, expiresAt = :expiresAt',
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: {
            ':startedAt': now.getTime(),
            ':expiresAt': epochSeconds(now) + seconds,
            ':now': epochSeconds(now),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return now;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return new Date(parseItem(FirstAttempt, unmarshall(error.Item)).startedAt);
    }
  }
}
