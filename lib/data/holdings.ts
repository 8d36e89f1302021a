import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import type { Table } from './dynamodb/table.ts';
import { TABLE_SCHEMA } from './keys.ts';

/** The value of what a person holds. */
export const HeldValue = z.object({
  /** When it began and until when it counts, if nobody removes it before; milliseconds since 1970. */
  at: z.int(),
  until: z.int(),
});

/** What a person holds. */
export interface Held extends z.infer<typeof HeldValue> {
  id: string;
}

/** Longer than anything is held; DynamoDB removes the item of a person who holds nothing any more. */
const FORGOTTEN_AFTER_SECONDS = 2 * 86_400;

type KeyOf = (subject: string) => { pk: string; sk: string };

/**
 * What each person holds at the same time, of one kind, such as sockets: an attribute for each in one item, which is read by the write that adds
 * to it: a list in an index is eventually consistent, and concurrent requests would all find room.
 */
export class Holdings {
  readonly #table: Table;
  readonly #keyOf: KeyOf;

  constructor(table: Table, keyOf: KeyOf) {
    this.#table = table;
    this.#keyOf = keyOf;
  }

  /** Adds to what the person holds. Returns all of it that counts, with what was added, oldest first. */
  async add(subject: string, id: string, until: Date, now: Date): Promise<Held[]> {
    const { name: TableName, client } = this.#table;
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        TableName,
        Key: this.#keyOf(subject),
        UpdateExpression: 'SET #id = :held, #expiresAt = :expiresAt',
        ExpressionAttributeNames: { '#id': id, '#expiresAt': TABLE_SCHEMA.timeToLive },
        ExpressionAttributeValues: {
          ':held': { at: now.getTime(), until: until.getTime() },
          ':expiresAt': epochSeconds(now) + FORGOTTEN_AFTER_SECONDS,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Object.entries(Attributes)
      .flatMap(([id, value]) => {
        const held = HeldValue.safeParse(value).data;
        return held && held.until > now.getTime() ? [{ id, ...held }] : [];
      })
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  /** Removes from what the person holds. */
  async remove(subject: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { name: TableName, client } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName,
        Key: this.#keyOf(subject),
        UpdateExpression: `REMOVE ${ids.map((_id, index) => `#${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(ids.map((id, index) => [`#${index}`, id])),
      }),
    );
  }
}
