import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Allowance, freeSlots, type Slots, slotName, tooMany } from '../domain/allowance.ts';
import { allowanceKey } from './keys.ts';
import type { Table } from './table.ts';

/** What a request took. */
export interface Taken {
  /** All slots of its caller, as they are now. */
  slots: Slots;
  /** Its own that it gives back when it ends. */
  returnable: Slots;
}

/** What callers have taken of their allowances. */
export class Allowances {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Takes a slot of each allowance, or none.
   *
   * One conditional write, without a read before it: it tries slots at random, and where one of them is taken the
   * failed condition says which are free. Each slot is given once however many ask at the same time, and who finds
   * none free at one moment was one too many at that moment.
   *
   * @throws DomainError TOO_MANY_REQUESTS
   */
  async take(subject: string, allowances: readonly Allowance[], now: Date): Promise<Taken> {
    const { name: TableName, client } = this.#table;
    let known: Slots = {};
    for (;;) {
      const chosen = allowances.map((allowance) => {
        const index = anyOf(freeSlots(allowance, known, now));
        if (index === undefined) throw tooMany(allowances, known, now);
        return [slotName(allowance, index), now.getTime() + allowance.seconds * 1000] as const;
      });
      const returnable = Object.fromEntries(chosen.filter((_, i) => allowances[i]?.returned));
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName,
            Key: allowanceKey(subject),
            UpdateExpression: `SET ${chosen.map((_, i) => `#${i} = :${i}`).join(', ')}, expiresAt = :expiresAt`,
            ConditionExpression: chosen
              .map((_, i) => `(attribute_not_exists(#${i}) OR #${i} <= :now)`)
              .join(' AND '),
            ExpressionAttributeNames: Object.fromEntries(chosen.map(([slot], i) => [`#${i}`, slot])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(chosen.map(([, until], i) => [`:${i}`, until])),
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

  /** Gives slots back; one that ran out meanwhile, and is another's now, stays as it is. */
  async giveBack(subject: string, { returnable }: Taken): Promise<void> {
    const { name: TableName, client } = this.#table;
    const entries = Object.entries(returnable);
    if (entries.length === 0) return;
    const update = new UpdateCommand({
      TableName,
      Key: allowanceKey(subject),
      UpdateExpression: `REMOVE ${entries.map((_, i) => `#${i}`).join(', ')}`,
      ConditionExpression: entries.map((_, i) => `#${i} = :${i}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(entries.map(([slot], i) => [`#${i}`, slot])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, until], i) => [`:${i}`, until])),
    });
    await client.send(update).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}

/** Longer than any slot is taken. */
const FORGOTTEN_AFTER_SECONDS = 3600;

const anyOf = <T>(all: readonly T[]): T | undefined => all[Math.floor(Math.random() * all.length)];
