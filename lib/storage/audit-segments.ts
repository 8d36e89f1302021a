import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { dayOf, dayOfEvent } from '../domain/audit/event-id.ts';
import { mapInOrder } from '../domain/in-order.ts';
import { AUDIT_CHAIN, auditSegmentKey, auditSegmentsOf, chainLinkKey, numberOfLink } from './object-keys.ts';
import { Objects } from './objects.ts';

/**
 * A line of a segment: a change of the audit log's table, with the changed item. If nobody tampered with the log, all are
 * INSERT. The item may have any form: a line must neither be lost nor block later ones.
 */
export const SealedChange = z.looseObject({
  change: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  pk: z.string(),
  sk: z.string(),
});
export type SealedChange = z.infer<typeof SealedChange>;

/** The line for a change of an item. Its positions in lists follow from it, and are left out. */
export const toSealedChange = (
  change: SealedChange['change'],
  { gsi1pk, gsi1sk, gsi2pk, gsi2sk, gsi3pk, gsi3sk, ...item }: Record<string, unknown>,
): SealedChange => ({ ...item, change, pk: String(item.pk), sk: String(item.sk) });

/** A link of the chain: the hashes of the segments that were sealed at one time, and of the link before it. */
export const ChainLink = z.object({
  /** 1, 2, 3, … */
  number: z.int().positive(),
  /** SHA-256 of the previous link's object, hexadecimal; for the first link, of no bytes. */
  previous: z.string(),
  sealedAt: z.string(),
  segments: z.array(
    z.object({
      key: z.string(),
      /** Of the object's bytes, hexadecimal. */
      sha256: z.string(),
      lines: z.int().positive(),
    }),
  ),
});
export type ChainLink = z.infer<typeof ChainLink>;

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * The audit log's archive in S3: segments of gzipped JSON lines, under one prefix for each day of their events, and a
 * chain of links that have their hashes.
 *
 * The links are objects of their own, so that a segment has nothing but lines of one shape, as Athena reads them, and so
 * that the next link needs only the last one, which has 500 bytes.
 */
export class AuditSegments {
  readonly #objects: Objects;

  constructor(bucket: string) {
    this.#objects = new Objects(bucket);
  }

  /** Seals changes. Several writers may do so at the same time. */
  async append(changes: readonly SealedChange[], now: Date): Promise<void> {
    const days = Map.groupBy(changes, ({ pk }) => dayOfKey(pk) ?? dayOf(now.getTime()));
    const segments = await Promise.all([...days].map(([day, lines]) => this.#write(day, lines)));
    await this.#link(segments, now);
  }

  /** Yields the lines about events of a day that were sealed since then. */
  async *sealedSince(day: string, since: Date): AsyncGenerator<SealedChange> {
    for await (const page of this.#objects.list(auditSegmentsOf(day))) {
      for (const { key } of page.filter(({ modifiedAt }) => modifiedAt >= since)) {
        const bytes = (await this.#objects.read(key)) ?? new Uint8Array();
        for (const line of gunzipSync(bytes).toString().trimEnd().split('\n'))
          yield SealedChange.parse(JSON.parse(line));
      }
    }
  }

  /** The number of the newest link; 0 for an empty chain. */
  async newest(): Promise<number> {
    const key = await this.#objects.firstKey(AUDIT_CHAIN);
    return key === undefined ? 0 : numberOfLink(key);
  }

  /** Yields the bytes of these links in order, and no bytes for a link that does not exist. */
  links(from: number, to: number): AsyncGenerator<Uint8Array> {
    const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_value, index) => from + index);
    return mapInOrder(numbers, LINKS_AT_ONCE, (number) => this.link(number));
  }

  async link(number: number): Promise<Uint8Array> {
    return (await this.#objects.read(chainLinkKey(number))) ?? new Uint8Array();
  }

  /** Returns the bytes of a segment. Returns undefined if it does not exist. */
  segment(key: string): Promise<Uint8Array | undefined> {
    return this.#objects.read(key);
  }

  /** Its name is its hash, so that a batch that is delivered again has the same one. */
  async #write(day: string, lines: readonly SealedChange[]) {
    const bytes = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const hash = sha256(bytes);
    const key = auditSegmentKey(day, hash);
    const isNew = await this.#objects.create(key, bytes, 'application/gzip');
    // Another writer of the same segment may have failed.
    if (!isNew && !(await this.#objects.read(key))) throw new Error(`the segment ${key} is not written`);
    return { key, sha256: hash, lines: lines.length };
  }

  /** Of two concurrent writers, one gets the next number and the other retries with the number after it. */
  async #link(segments: ChainLink['segments'], now: Date): Promise<void> {
    for (;;) {
      const newest = await this.#objects.firstKey(AUDIT_CHAIN);
      const before = newest === undefined ? new Uint8Array() : await this.#objects.read(newest);
      if (!before) throw new Error(`the link ${newest} is gone`);
      const number =
        newest === undefined ? 1 : ChainLink.parse(JSON.parse(Buffer.from(before).toString())).number + 1;
      const link: ChainLink = { number, previous: sha256(before), sealedAt: now.toISOString(), segments };
      const bytes = Buffer.from(JSON.stringify(link));
      if (await this.#objects.create(chainLinkKey(number), bytes, 'application/json')) return;
    }
  }
}

const LINKS_AT_ONCE = 16;

/** The day of the event in a partition key. */
function dayOfKey(pk: string): string | undefined {
  const [, id] = /^EVENT#([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21})/.exec(pk) ?? [];
  return id && dayOfEvent(id);
}
