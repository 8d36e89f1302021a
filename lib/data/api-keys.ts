import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { ApiKey } from '../domain/access/api-key.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { apiKeyKey } from './keys.ts';

/** The API keys in the table, as requests with one need them. */
export class ApiKeys {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(id: string): Promise<ApiKey | undefined> {
    const { name: TableName, client } = this.#table;
    // A consistent read: a key that was just revoked must not be accepted.
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: apiKeyKey(id), ConsistentRead: true }),
    );
    return Item && parseItem(ApiKey, Item);
  }
}
