import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Id, Text, Timestamp } from '../identifiers.ts';
import { Scope } from './scope.ts';

/** The name by which people know a key. */
export const KeyName = Text.trim()
  .min(1)
  .max(100)
  .meta({ examples: ['Pharmacy'] });

/** The key of another system to this one, without the key itself: of that only a hash is kept. */
export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  scopes: z.array(Scope),
  /** SHA-256 of the secret, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The end of the secret, by which people tell keys apart. */
  lastFour: z.string().length(4),
  createdAt: Timestamp,
  createdBy: z.string(),
  /** Not `expiresAt`: by that name DynamoDB would take it away, and nobody saw any more that there was a key. */
  validUntil: Timestamp.optional(),
  revokedAt: Timestamp.optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** Whether the key opens anything now. */
export const isLive = ({ revokedAt, validUntil }: ApiKey, now: Date): boolean =>
  revokedAt === undefined && (validUntil === undefined || Date.parse(validUntil) > now.getTime());

/**
 * Refuses a key that would be dead when it is born.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireFuture(expiresAt: string | undefined, now: Date): void {
  if (expiresAt === undefined || Date.parse(expiresAt) > now.getTime()) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: [`expires_at must be in the future; received ${expiresAt}`],
  });
}
