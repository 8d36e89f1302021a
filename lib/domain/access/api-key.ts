import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Id, Text, Timestamp } from '../identifiers.ts';
import type { Limits } from '../limits/limits.ts';
import { Scope } from './scope.ts';

/** The display name of an API key. */
export const KeyName = Text.trim()
  .min(1)
  .max(100)
  .meta({ examples: ['Pharmacy'] });

/** An API key of another system. The secret itself is not stored, only its hash. */
export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  scopes: z.array(Scope),
  /** SHA-256 of the secret, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The last four characters of the secret, by which people tell keys apart. */
  lastFour: z.string().length(4),
  createdAt: Timestamp,
  createdBy: z.string(),
  /** Not named `expiresAt`: DynamoDB's time to live would delete the item, and the key would no longer be listed. */
  validUntil: Timestamp.optional(),
  revokedAt: Timestamp.optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** Whether the key is neither revoked nor expired. */
export const isLive = ({ revokedAt, validUntil }: ApiKey, now: Date): boolean =>
  revokedAt === undefined && (validUntil === undefined || Date.parse(validUntil) > now.getTime());

/** When the key should be replaced by a new one; ISO 8601. */
export const rotationOf = ({ createdAt }: Pick<ApiKey, 'createdAt'>, { apiKeyDays }: Limits): string =>
  new Date(Date.parse(createdAt) + apiKeyDays * 86_400_000).toISOString();

/** Whether the key is in force and older than it should be. */
export const isOverdue = (key: ApiKey, limits: Limits, now: Date): boolean =>
  isLive(key, now) && Date.parse(rotationOf(key, limits)) <= now.getTime();

/**
 * Refuses an expiry time that is not in the future.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireFuture(expiresAt: string | undefined, now: Date): void {
  if (expiresAt === undefined || Date.parse(expiresAt) > now.getTime()) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: [`expires_at must be in the future; received ${expiresAt}`],
  });
}
