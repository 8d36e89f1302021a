import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Id, Timestamp } from '../domain/identifiers.ts';
import { getMany } from './dynamodb/batch-requests.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { keyUseKey } from './keys.ts';

/** When an API key was last used, to the hour. */
export const KeyUse = z.object({ keyId: Id, usedAt: Timestamp });

const HOUR_MS = 3_600_000;

/**
 * The last uses of API keys; in the table of requests, so that the authorizer, which writes them, needs no right to change a key.
 * A use is written once an hour for each key.
 */
export class KeyUses {
  readonly #table: Table;
  /** What this process knows of: the next uses within the hour cost no request to DynamoDB. */
  readonly #known = new Map<string, number>();

  constructor(table: Table) {
    this.#table = table;
  }

  async note(keyId: string, now: Date): Promise<void> {
    if (now.getTime() - (this.#known.get(keyId) ?? 0) < HOUR_MS) return;
    const { name: TableName, client } = this.#table;
    const update = new UpdateCommand({
      TableName,
      Key: keyUseKey(keyId),
      UpdateExpression: 'SET keyId = :keyId, usedAt = :now',
      ConditionExpression: 'attribute_not_exists(usedAt) OR usedAt <= :before',
      ExpressionAttributeValues: {
        ':keyId': keyId,
        ':now': now.toISOString(),
        ':before': new Date(now.getTime() - HOUR_MS).toISOString(),
      },
    });
    await client.send(update).catch((error: unknown) => {
      // Another process has written a use within the hour.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
    this.#known.set(keyId, now.getTime());
  }

  /** Returns the last use of each of the keys that was ever used, by the id of the key. */
  async of(keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const items = await getMany(this.#table, keyIds.map(keyUseKey));
    return new Map(items.map((item) => parseItem(KeyUse, item)).map(({ keyId, usedAt }) => [keyId, usedAt]));
  }
}
