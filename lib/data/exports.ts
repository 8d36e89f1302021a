import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { Export } from '../domain/exports/export.ts';
import { queryAll } from './dynamodb/page.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { exportKey, exportListKey, exportsOfBatch } from './keys.ts';

/** Three attempts of 15 minutes, and the pauses between them. */
export const STALE_SECONDS = 2 * 3600;

/** The exports in the table. DynamoDB's time to live removes them. */
export class Exports {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Starts the export, or returns the current one of the same selection. */
  async begin(wanted: Export, now: Date): Promise<Export> {
    const { name: TableName, client } = this.#table;
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: {
            ...wanted,
            ...exportKey(wanted.id),
            ...exportListKey(wanted),
          },
          ConditionExpression:
            'attribute_not_exists(pk) OR expiresAt <= :now OR #status = :failed OR (#status <> :ready AND expiresAt <= :stale)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':now': epochSeconds(now),
            ':failed': 'failed',
            ':ready': 'ready',
            // Older than all attempts together can take: the function was terminated before it could record a failure.
            ':stale': wanted.expiresAt - STALE_SECONDS,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return wanted;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return parseItem(Export, unmarshall(error.Item));
    }
  }

  async get(id: string, now: Date): Promise<Export | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = exportKey(id);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const found = Item && parseItem(Export, Item);
    return found && found.expiresAt * 1000 > now.getTime() ? found : undefined;
  }

  /** Ends all exports of a batch from which something was deleted. The table's stream then deletes their objects. */
  async endAllOf(batchId: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    const query = { partition: exportsOfBatch(batchId), schema: Export.pick({ id: true }), keyOf: exportKey };
    for await (const { id } of queryAll(this.#table, query)) {
      await client.send(new DeleteCommand({ TableName, Key: exportKey(id) }));
    }
  }

  /** Records that the archive is being written, and the id of its multipart upload. */
  async markRunning(run: Export, uploadId: string): Promise<boolean> {
    return this.#note(run, { status: 'running', uploadId, bytesDone: 0 });
  }

  async markProgress(run: Export, bytesDone: number): Promise<boolean> {
    return this.#note(run, { bytesDone });
  }

  async markReady(run: Export): Promise<boolean> {
    return this.#note(run, { status: 'ready', bytesDone: run.bytes });
  }

  async markFailed(run: Export): Promise<boolean> {
    return this.#note(run, { status: 'failed' });
  }

  /** Updates a run. Returns false if it has ended or another run has replaced it. */
  async #note({ id, run }: Export, values: Record<string, unknown>): Promise<boolean> {
    const { name: TableName, client } = this.#table;
    const names = Object.keys(values);
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: exportKey(id),
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: 'run = :run AND #status <> :final',
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':run': run,
            ':final': 'ready',
            ...Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
