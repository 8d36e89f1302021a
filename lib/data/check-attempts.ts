import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { checkAttemptsKey } from './keys.ts';

/** The attempts to check an upload. */
export const CheckAttempt = z.object({
  /** Checks that began and never ended. */
  attempts: z.int().default(0),
  /** When the last one began; milliseconds since 1970. */
  startedAt: z.int().optional(),
  /** When the upload was queued again; milliseconds since 1970. */
  queuedAt: z.int().optional(),
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});
export type CheckAttempt = z.infer<typeof CheckAttempt>;

const REMEMBERED_SECONDS = 90 * 86_400;

/**
 * Longer than the functions that check may run. A check that begins earlier is another one of the same delivery, or of a repeated one.
 * The next delivery after the end of a process is later: its queue's visibility timeout begins up to the function's timeout before.
 */
const CHECK_MS = 3 * 60_000;

/**
 * The attempts to check uploads; in the table of requests. A check that takes too much memory or time ends its process, so
 * that only what was written before tells of it.
 */
export class CheckAttempts {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Counts an attempt before it begins, unless an earlier one never ended. Returns the number of those. */
  async beginFirst(upload: string, now: Date): Promise<number> {
    const { isBegun, attempts } = await this.#begin(upload, now, 'attribute_not_exists(startedAt)', {});
    return isBegun ? 0 : attempts;
  }

  /** Counts an attempt before it begins. Returns the number of those that never ended, and of this one. */
  async begin(upload: string, now: Date): Promise<number> {
    const isOther = 'attribute_not_exists(startedAt) OR startedAt < :before';
    const { attempts } = await this.#begin(upload, now, isOther, { ':before': now.getTime() - CHECK_MS });
    return attempts;
  }

  async #begin(upload: string, now: Date, condition: string, values: Record<string, number>) {
    try {
      const attempts = await this.#update(upload, now, {
        UpdateExpression: 'SET expiresAt = :expiresAt, startedAt = :now ADD attempts :one',
        ConditionExpression: condition,
        ExpressionAttributeValues: { ':now': now.getTime(), ':one': 1, ...values },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return { isBegun: true, attempts };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return { isBegun: false, attempts: parseItem(CheckAttempt, unmarshall(error.Item)).attempts };
    }
  }

  /** Records that an attempt ended with an error: its process did not end. */
  async end(upload: string, now: Date): Promise<void> {
    await this.#update(upload, now, {
      UpdateExpression: 'SET expiresAt = :expiresAt, attempts = :none REMOVE startedAt',
      ExpressionAttributeValues: { ':none': 0 },
    });
  }

  /** Records that the upload was queued again. */
  async queued(upload: string, now: Date): Promise<void> {
    await this.#update(upload, now, {
      UpdateExpression: 'SET expiresAt = :expiresAt, queuedAt = :now, attempts = :none REMOVE startedAt',
      ExpressionAttributeValues: { ':now': now.getTime(), ':none': 0 },
    });
  }

  /** When the upload was last queued again. */
  async queuedAt(upload: string): Promise<Date | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key: checkAttemptsKey(upload) }));
    const { queuedAt } = Item ? parseItem(CheckAttempt, Item) : {};
    return queuedAt === undefined ? undefined : new Date(queuedAt);
  }

  async #update(upload: string, now: Date, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>) {
    const { name: TableName, client } = this.#table;
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        TableName,
        Key: checkAttemptsKey(upload),
        ...update,
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':expiresAt': epochSeconds(now) + REMEMBERED_SECONDS,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return parseItem(CheckAttempt, Attributes).attempts;
  }
}
