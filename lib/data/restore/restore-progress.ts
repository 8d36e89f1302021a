import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { keysIn, writeMany } from '../dynamodb/batch-requests.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { RESTORE_KEY, STORED_RESPONSES } from '../keys.ts';

/** How far a restore has come: the same command continues there. */
export const RestoreProgress = z.object({
  /** The table that DynamoDB restored. */
  from: z.string(),
  /** The key of the last item that was copied. */
  item: z.record(z.string(), z.string()).optional(),
  /** Whether all items were copied. */
  isCopied: z.boolean(),
});
export type RestoreProgress = z.infer<typeof RestoreProgress>;

/** The state of a restore in the table of requests, which is not restored itself. */
export class RestoreState {
  readonly #requests: Table;

  constructor(requests: Table) {
    this.#requests = requests;
  }

  /** The progress of an earlier run from this table. */
  async get(from: string): Promise<RestoreProgress | undefined> {
    const { name: TableName, client } = this.#requests;
    const { Item } = await client.send(new GetCommand({ TableName, Key: RESTORE_KEY, ConsistentRead: true }));
    const known = Item && parseItem(RestoreProgress, Item);
    return known?.from === from ? known : undefined;
  }

  async set(progress: RestoreProgress): Promise<void> {
    const { name: TableName, client } = this.#requests;
    await client.send(new PutCommand({ TableName, Item: { ...progress, ...RESTORE_KEY } }));
  }

  /**
   * Forgets the stored responses of requests with an Idempotency-Key: they may name what is lost. A request that is repeated draws
   * the same ids again.
   */
  async forgetResponses(): Promise<void> {
    const keys = await keysIn(this.#requests, STORED_RESPONSES);
    await writeMany(
      this.#requests,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }
}
