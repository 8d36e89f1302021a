import { DatabaseSync } from 'node:sqlite';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  paginateListTables,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';

type Key = Record<string, AttributeValue>;

/** Keys as JSON in the order of their names: dynoxide writes them in any order. */
const canonical =
  '(SELECT json_group_object(key, json(value)) FROM (SELECT * FROM json_each(%) ORDER BY key))';

/**
 * DynamoDB's Time to Live with a shifted clock. dynoxide, which has the machine's time, does not know that the items have
 * expired.
 */
export class TimeToLive {
  readonly #file: string;
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(dynoxideFile: string, client: DynamoDBClient, clock: Clock) {
    this.#file = dynoxideFile;
    this.#client = client;
    this.#clock = clock;
  }

  /** Deletes the items that have expired, if the clock is shifted; one sweep after the other. */
  sweep(): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(() => this.#sweepAll());
    return this.#last;
  }

  async #sweepAll() {
    if (this.#clock.shiftMs === 0) return;
    for await (const { TableNames = [] } of paginateListTables({ client: this.#client }, {})) {
      for (const table of TableNames) await this.#sweepTable(table);
    }
  }

  async #sweepTable(TableName: string) {
    const { TimeToLiveDescription } = await this.#client.send(new DescribeTimeToLiveCommand({ TableName }));
    const { AttributeName, TimeToLiveStatus = '' } = TimeToLiveDescription ?? {};
    if (AttributeName === undefined || !TimeToLiveStatus.startsWith('ENABL')) return;
    const { Table } = await this.#client.send(new DescribeTableCommand({ TableName }));
    const keyNames = (Table?.KeySchema ?? []).map(({ AttributeName: name = '' }) => name);
    const hasExpired = {
      ExpressionAttributeNames: { '#ttl': AttributeName },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(this.#clock.now() / 1000)) } },
    };
    const FilterExpression = '#ttl <= :now';
    const keys: Key[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: this.#client },
      { TableName, FilterExpression, ...hasExpired },
    )) {
      for (const item of Items)
        keys.push(Object.fromEntries(keyNames.map((name) => [name, item[name]])) as Key);
    }
    if (keys.length === 0) return;
    const ConditionExpression = FilterExpression;
    await this.#asService(TableName, keys, async () => {
      for (const Key of keys) {
        await this.#client
          .send(new DeleteItemCommand({ TableName, Key, ConditionExpression, ...hasExpired }))
          // It was changed since.
          .catch((error) => {
            if (!(error instanceof ConditionalCheckFailedException)) throw error;
          });
      }
    });
  }

  /**
   * Deletes items so that their stream records name DynamoDB itself, as records of Time to Live do. A trigger writes that into
   * dynoxide's record within dynoxide's own transaction, so that no consumer reads the record without it.
   */
  async #asService(table: string, keys: Key[], remove: () => Promise<void>) {
    const db = new DatabaseSync(this.#file, { timeout: 5000 });
    try {
      db.exec(`
        BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS _expiring (table_name TEXT, keys_json TEXT, PRIMARY KEY (table_name, keys_json));
        CREATE TRIGGER IF NOT EXISTS _expiry AFTER INSERT ON _stream_records WHEN NEW.event_name = 'REMOVE' BEGIN
          UPDATE _stream_records SET user_identity = '{"type":"Service","principalId":"dynamodb.amazonaws.com"}'
          WHERE id = NEW.id AND EXISTS (
            SELECT 1 FROM _expiring
            WHERE table_name = NEW.table_name AND keys_json = ${canonical.replace('%', 'NEW.keys_json')}
          );
        END;
      `);
      const insert = db.prepare(
        `INSERT OR IGNORE INTO _expiring (table_name, keys_json) VALUES (?, ${canonical.replace('%', '?')})`,
      );
      for (const key of keys) insert.run(table, JSON.stringify(key));
      db.exec('COMMIT');
      await remove();
    } finally {
      db.exec('DROP TRIGGER IF EXISTS _expiry; DROP TABLE IF EXISTS _expiring');
      db.close();
    }
  }
}
