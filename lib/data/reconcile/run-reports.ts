import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Timestamp } from '../../domain/identifiers.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { AUDIT_VERIFICATION_KEY, RECONCILIATION_REPORT_KEY } from '../keys.ts';

/** What the last run of the reconciliation found. */
export const ReconciliationReport = z.object({
  endedAt: Timestamp,
  found: z.int(),
  unrepaired: z.int(),
  /** All files, when the items of the table were last examined as a whole. */
  stored: z.object({ at: Timestamp, files: z.int(), bytes: z.int() }).optional(),
});
export type ReconciliationReport = z.infer<typeof ReconciliationReport>;

/** What the last verification of the audit log found. */
export const VerificationReport = z.object({
  endedAt: Timestamp,
  /** The links of the chain, and how many of them are verified. */
  links: z.int(),
  verifiedLinks: z.int(),
  faults: z.int(),
});
export type VerificationReport = z.infer<typeof VerificationReport>;

/** The results of the last scheduled runs, for the page of admins; in the table of requests. */
export class RunReports {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async putReconciliation(report: ReconciliationReport): Promise<void> {
    await this.#put({ ...report, ...RECONCILIATION_REPORT_KEY });
  }

  async putVerification(report: VerificationReport): Promise<void> {
    await this.#put({ ...report, ...AUDIT_VERIFICATION_KEY });
  }

  /** Returns the last results; none before the first run. */
  async last() {
    const [reconciliation, verification] = await Promise.all([
      this.#get(ReconciliationReport, RECONCILIATION_REPORT_KEY),
      this.#get(VerificationReport, AUDIT_VERIFICATION_KEY),
    ]);
    return { reconciliation, verification };
  }

  async #get<T>(schema: z.ZodType<T>, Key: Record<string, string>): Promise<T | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(schema, Item);
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new PutCommand({ TableName, Item }));
  }
}
