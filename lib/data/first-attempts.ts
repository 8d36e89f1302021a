import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { firstAttemptKey } from './keys.ts';

/** When a request with an `Idempotency-Key` was first attempted. A repetition gets the same ids, but for the abandoned ones. */
export const FirstAttempt = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.int(),
  /** The ids of what an attempt has created and removed again. */
  abandonedIds: z.set(z.string()).optional(),
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});
type FirstAttempt = z.infer<typeof FirstAttempt>;

/** The first attempts of requests with an Idempotency-Key; in the table of requests. */
export class FirstAttempts {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Returns what is known of the first attempt of the request: it is this one, unless an earlier one was recorded at most this
   * number of seconds ago.
   *
   * @param request a hash of everything that identifies the request
   */
  async begin(request: string, now: Date, seconds: number): Promise<Omit<FirstAttempt, 'expiresAt'>> {
    const { name: TableName, client } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: firstAttemptKey(request),
          UpdateExpression: 'SET startedAt = :startedAt, expiresAt = :expiresAt REMOVE abandonedIds',
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: {
            ':startedAt': now.getTime(),
            ':expiresAt': epochSeconds(now) + seconds,
            ':now': epochSeconds(now),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { startedAt: now.getTime() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return parseItem(FirstAttempt, unmarshall(error.Item));
    }
  }

  /** Records that no later attempt of the request gets these ids. */
  async abandon(request: string, ids: readonly string[]): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: firstAttemptKey(request),
        UpdateExpression: 'ADD abandonedIds :ids',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':ids': new Set(ids) },
      }),
    );
  }
}
