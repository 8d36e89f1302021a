import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Timestamp } from '../../domain/identifiers.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
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
    const items = await getMany(this.#table, [RECONCILIATION_REPORT_KEY, AUDIT_VERIFICATION_KEY]);
    const read = <T>(schema: z.ZodType<T>, { pk }: { pk: string }) => {
      const item = items.find((each) => each.pk === pk);
      return item && parseItem(schema, item);
    };
    return {
      reconciliation: read(ReconciliationReport, RECONCILIATION_REPORT_KEY),
      verification: read(VerificationReport, AUDIT_VERIFICATION_KEY),
    };
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new PutCommand({ TableName, Item }));
  }
}
