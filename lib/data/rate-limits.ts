import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  freeSlots,
  type RateLimit,
  type Slots,
  slotName,
  tooManyRequests,
} from '../domain/limits/rate-limit.ts';
import type { Table } from './dynamodb/table.ts';
import { rateLimitKey } from './keys.ts';

/** The slots that a request has acquired. */
export interface AcquiredSlots {
  /** All slots of the caller after the request acquired its own. */
  slots: Slots;
  /** The slots that the request releases when it ends. */
  returnable: Slots;
}

/** The occupied rate limit slots of callers. */
export class RateLimits {
  readonly #table: Table;
  readonly #keyOf: typeof rateLimitKey;

  /** @param keyOf the key of a caller's item */
  constructor(table: Table, keyOf = rateLimitKey) {
    this.#table = table;
    this.#keyOf = keyOf;
  }

  /**
   * Acquires a slot of each rate limit (or as many as it takes), or none.
   *
   * One conditional write without a previous read: it tries random slots. If one of them is occupied, the failed
   * condition returns the item, which shows the free ones. Concurrent requests can't get the same slot. A request that
   * finds no free slot was over the limit at that moment.
   *
   * @throws DomainError TOO_MANY_REQUESTS
   */
  async acquire(subject: string, rateLimits: readonly RateLimit[], now: Date): Promise<AcquiredSlots> {
    const { name: TableName, client } = this.#table;
    let known: Slots = {};
    for (;;) {
      const chosen = rateLimits.flatMap((rateLimit) => {
        const { take = 1, seconds, isReleased } = rateLimit;
        const indexes = anyOf(freeSlots(rateLimit, known, now), take);
        if (indexes.length < take) throw tooManyRequests(rateLimits, known, now);
        const until = now.getTime() + seconds * 1000;
        return indexes.map((index) => ({ slot: slotName(rateLimit, index), until, isReleased }));
      });
      const returned = chosen.filter(({ isReleased }) => isReleased);
      const returnable = Object.fromEntries(returned.map(({ slot, until }) => [slot, until]));
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName,
            Key: this.#keyOf(subject),
            UpdateExpression: `SET ${chosen.map((_value, i) => `#${i} = :${i}`).join(', ')}, expiresAt = :expiresAt`,
            ConditionExpression: chosen
              .map((_value, i) => `(attribute_not_exists(#${i}) OR #${i} <= :now)`)
              .join(' AND '),
            ExpressionAttributeNames: Object.fromEntries(chosen.map(({ slot }, i) => [`#${i}`, slot])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(chosen.map(({ until }, i) => [`:${i}`, until])),
              ':now': now.getTime(),
              ':expiresAt': Math.ceil(now.getTime() / 1000) + FORGOTTEN_AFTER_SECONDS,
            },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { slots: Attributes as Slots, returnable };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        known = unmarshall(error.Item ?? {}) as Slots;
      }
    }
  }

  /** Releases slots. A slot that expired meanwhile and was acquired by another request stays occupied. */
  async release(subject: string, { returnable }: AcquiredSlots): Promise<void> {
    const { name: TableName, client } = this.#table;
    const entries = Object.entries(returnable);
    if (entries.length === 0) return;
    const update = new UpdateCommand({
      TableName,
      Key: this.#keyOf(subject),
      UpdateExpression: `REMOVE ${entries.map((_value, i) => `#${i}`).join(', ')}`,
      ConditionExpression: entries.map((_value, i) => `#${i} = :${i}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(entries.map(([slot], i) => [`#${i}`, slot])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, until], i) => [`:${i}`, until])),
    });
    await client.send(update).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}

/** Longer than any slot is occupied. */
const FORGOTTEN_AFTER_SECONDS = 3600;

/** So many random ones of all. */
function anyOf<T>(all: readonly T[], count: number): T[] {
  const rest = [...all];
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(Math.floor(Math.random() * rest.length), 1),
  ).flat();
}
