import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import { ScanVerdict } from '../domain/uploads/scan-verdict.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { scanVerdictKey } from './keys.ts';

/** As long as an upload is kept: see `EXPIRE_AFTER_DAYS`. */
const REMEMBERED_DAYS = 90;

/** What the malware scanner said of uploads; in the table of requests. */
export class ScanVerdicts {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Records a verdict, unless there is one of a later scan: results come more than once and in any order. */
  async record(upload: string, verdict: Omit<ScanVerdict, 'expiresAt'>, now: Date): Promise<void> {
    const { name: TableName, client } = this.#table;
    const expiresAt = epochSeconds(now) + REMEMBERED_DAYS * 86_400;
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { ...verdict, expiresAt, ...scanVerdictKey(upload) },
          ConditionExpression: 'attribute_not_exists(pk) OR scannedAt <= :scannedAt',
          ExpressionAttributeValues: { ':scannedAt': verdict.scannedAt },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async get(upload: string): Promise<ScanVerdict | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: scanVerdictKey(upload), ConsistentRead: true }),
    );
    return Item && parseItem(ScanVerdict, Item);
  }

  /** Removes the verdict of an upload that is scanned again. */
  async forget(upload: string): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: scanVerdictKey(upload) }));
  }
}
