import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AuditEvent } from '../domain/audit/audit-event.ts';
import { AUDIT } from './object-keys.ts';
import { Objects } from './objects.ts';

const Change = z.object({
  kind: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  /** What is no event is sealed as it is: it must neither be lost nor hold up those after it. */
  event: AuditEvent.or(z.record(z.string(), z.unknown())),
});
type Change = z.infer<typeof Change>;

/** A piece of the audit log, and the link to the piece before it. */
export const Segment = z.object({
  /** 1, 2, 3, … */
  number: z.int().positive(),
  /** SHA-256 of the object before it, hexadecimal; of the first, of nothing. */
  previous: z.string(),
  sealedAt: z.string(),
  /** In a log that nobody tampers with, all are INSERT. */
  changes: z.array(Change),
});
export type Segment = z.infer<typeof Segment>;

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** S3 lists keys in their order, from the first on: so counted down, the newest is the one that a list begins with. */
const HIGHEST = 9_999_999_999;
const keyOf = (number: number): string =>
  `${AUDIT}${String(HIGHEST - number).padStart(10, '0')}-${number}.json`;

/** The audit log's segments in S3, each chained to the one before it by its hash. */
export class AuditSegments {
  readonly #objects: Objects;

  constructor(bucket: string) {
    this.#objects = new Objects(bucket);
  }

  /** Adds a segment at the end of the chain. Whoever is there first has its place; the other takes the next. */
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
