import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AuditEvent } from '../domain/audit/audit-event.ts';
import { AUDIT } from './object-keys.ts';
import { Objects } from './objects.ts';

const Change = z.object({
  kind: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  /** A record that is not a valid event is sealed unchanged: it must neither be lost nor block later ones. */
  event: AuditEvent.or(z.record(z.string(), z.unknown())),
});
type Change = z.infer<typeof Change>;

/** A segment of the audit log, with the hash of the previous segment. */
export const Segment = z.object({
  /** 1, 2, 3, … */
  number: z.int().positive(),
  /** SHA-256 of the previous object, hexadecimal; for the first segment, of no bytes. */
  previous: z.string(),
  sealedAt: z.string(),
  /** If nobody tampered with the log, all are INSERT. */
  changes: z.array(Change),
});
export type Segment = z.infer<typeof Segment>;

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** S3 lists keys in ascending order. Numbers in keys count down, so that a list begins with the newest segment. */
const HIGHEST = 9_999_999_999;
const keyOf = (number: number): string =>
  `${AUDIT}${String(HIGHEST - number).padStart(10, '0')}-${number}.json`;

/** The audit log's segments in S3, each chained to the one before it by its hash. */
export class AuditSegments {
  readonly #objects: Objects;

  constructor(bucket: string) {
    this.#objects = new Objects(bucket);
  }

  /**
   * Appends a segment to the chain. Of two concurrent writers, one gets the next number and the other retries with the
   * number after it.
   */
  async append(changes: readonly Change[], now: Date): Promise<void> {
    for (;;) {
      const newest = await this.#objects.firstKey(AUDIT);
      const before = newest === undefined ? new Uint8Array() : await this.#objects.read(newest);
      if (!before) throw new Error(`the segment ${newest} is gone`);
      const number =
        newest === undefined ? 1 : Segment.parse(JSON.parse(Buffer.from(before).toString())).number + 1;
      const segment: Segment = {
        number,
        previous: sha256(before),
        sealedAt: now.toISOString(),
        changes: [...changes],
      };
      if (await this.#objects.create(keyOf(number), Buffer.from(JSON.stringify(segment)), 'application/json'))
        return;
    }
  }
}
