import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ApiKey } from '../domain/access/api-key.ts';
import { DomainError } from '../domain/errors.ts';
import { type Page, type PageRequest, queryPage } from './dynamodb/page.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { API_KEYS, apiKeyKey, apiKeyListKey } from './keys.ts';

/** Creates, lists and revokes the API keys in the table. */
export class KeyAdministration {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores a new key. It replaces that of an earlier attempt of the same request, whose secret nobody has received, and
   * ends that secret.
   *
   * @throws DomainError CONFLICT if that key has been revoked
   */
  async create(key: ApiKey): Promise<void> {
    const { name: TableName, client } = this.#table;
    const Item = { ...key, ...apiKeyKey(key.id), ...apiKeyListKey(key) };
    try {
      await client.send(
        new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(revokedAt)' }),
      );
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      throw new DomainError('CONFLICT', 'The API key of this Idempotency-Key has been revoked.', { cause });
    }
  }

  /** Lists one page of all keys, newest first. Revoked keys stay in the list for later reference. */
  async list(page: PageRequest): Promise<Page<ApiKey>> {
    const query = { partition: API_KEYS, schema: ApiKey, keyOf: apiKeyKey, newestFirst: true };
    return queryPage(this.#table, query, page);
  }

  /** Returns all keys: a clinic has one for each of its other systems. */
  async all(): Promise<ApiKey[]> {
    const all: ApiKey[] = [];
    let cursor: PageRequest['cursor'];
    do {
      const { items, next } = await this.list({ limit: 200, cursor });
      all.push(...items);
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return all;
  }

  /** Revokes the key permanently. Returns undefined if it does not exist. Revoking it again changes nothing. */
  async revoke(id: string, now: Date): Promise<ApiKey | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: apiKeyKey(id),
          UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':now': now.toISOString() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(ApiKey, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}
