import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { Timestamp } from '../../domain/identifiers.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { RECONCILIATION_KEY, reconciliationSumsKey } from '../keys.ts';
import { AmountSums } from './amount-sums.ts';

/** How far the reconciliation has come: it continues there. */
export const ReconciliationProgress = z.object({
  /** What the last run could not complete. */
  part: z.enum(['objects', 'items']).default('objects'),
  /** The key of the last item of the table that was examined. */
  item: z.record(z.string(), z.string()).optional(),
  /** What was added up of the items until then: since when, and where it is. */
  sums: z.object({ since: Timestamp, id: z.int(), parts: z.int() }).optional(),
  /** The key of the last stored object that was examined. */
  object: z.string().optional(),
  /** The time until which the audit log was examined. */
  audit: z.string().optional(),
});

/** A part of what a run has added up, until the next run has continued it. */
export const ReconciliationSums = z.object({
  /** Keys of amounts, bytes and numbers of files: JSON, compressed by gzip, in base64. */
  sums: z.string(),
  /** When the item is removed; seconds since 1970. */
  expiresAt: z.int(),
});

/** The progress with its sums. They are missing after a version that did not add up. */
export type KnownProgress = Omit<z.infer<typeof ReconciliationProgress>, 'sums'> & {
  sums?: AmountSums | undefined;
};

/** Longer than a run and its repetition; seconds. */
const KEPT_SECONDS = 7 * 86_400;

/** The progress of the reconciliation; in the table of requests. */
export class Progress {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(): Promise<KnownProgress> {
    const { sums: kept, ...progress } = parseItem(
      ReconciliationProgress,
      (await this.#read(RECONCILIATION_KEY)) ?? {},
    );
    if (!kept) return progress;
    const keys = Array.from({ length: kept.parts }, (_part, part) => reconciliationSumsKey(kept.id, part));
    const parts = await Promise.all(keys.map((key) => this.#read(key)));
    if (parts.includes(undefined)) return progress;
    const texts = parts.map((part) => parseItem(ReconciliationSums, part ?? {}).sums);
    return { ...progress, sums: AmountSums.fromParts(new Date(kept.since), texts) };
  }

  /** The sums are stored first, under keys of their own: a run that ends in between has changed nothing. */
  async set({ sums, ...progress }: KnownProgress): Promise<void> {
    const id = Date.now();
    const parts = sums?.toParts() ?? [];
    const expiresAt = epochSeconds(new Date(id)) + KEPT_SECONDS;
    for (const [part, text] of parts.entries())
      await this.#put({ sums: text, expiresAt, ...reconciliationSumsKey(id, part) });
    const kept = sums && { since: sums.since.toISOString(), id, parts: parts.length };
    await this.#put({ ...progress, sums: kept, ...RECONCILIATION_KEY });
  }

  async #read(Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item;
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new PutCommand({ TableName, Item }));
  }
}
