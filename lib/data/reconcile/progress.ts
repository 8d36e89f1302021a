import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { RECONCILIATION_KEY } from '../keys.ts';

/** How far the reconciliation has come: it continues there. */
export const ReconciliationProgress = z.object({
  /** What the last run could not complete. */
  part: z.enum(['objects', 'items']).default('objects'),
  /** The key of the last item of the table that was examined. */
  item: z.record(z.string(), z.string()).optional(),
  /** The key of the last stored object that was examined. */
  object: z.string().optional(),
  /** The time until which the audit log was examined. */
  audit: z.string().optional(),
});
export type ReconciliationProgress = z.infer<typeof ReconciliationProgress>;

/** The progress of the reconciliation; in the table of requests. */
export class Progress {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(): Promise<ReconciliationProgress> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key: RECONCILIATION_KEY }));
    return parseItem(ReconciliationProgress, Item ?? {});
  }

  async set(progress: ReconciliationProgress): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new PutCommand({ TableName, Item: { ...progress, ...RECONCILIATION_KEY } }));
  }
}
