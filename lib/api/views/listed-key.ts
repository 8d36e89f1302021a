import * as z from 'zod';
import { type ApiKey, KeyName, rotationOf } from '../../domain/access/api-key.ts';
import { Scope } from '../../domain/access/scope.ts';
import { Id, Subject, Timestamp } from '../../domain/identifiers.ts';
import type { Limits } from '../../domain/limits/limits.ts';

/** An API key in a list, in the field style of the Records endpoints. */
export const ListedKey = z.strictObject({
  id: Id,
  name: KeyName,
  scopes: z.array(Scope),
  last_four: z.string().meta({ examples: ['x7Qk'] }),
  created_at: Timestamp,
  created_by: Subject,
  last_used_at: Timestamp.nullable().describe('To the hour; `null` if it was never used.'),
  rotate_at: Timestamp.nullable().describe(
    'When it should be replaced by a new key; `null` if it is revoked.',
  ),
  expires_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable().meta({ examples: [null] }),
});

/** Converts an API key to its format in lists. */
export const toListedKey = (
  key: ApiKey,
  lastUsedAt: string | undefined,
  limits: Limits,
): z.infer<typeof ListedKey> => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  last_four: key.lastFour,
  created_at: key.createdAt,
  created_by: key.createdBy,
  last_used_at: lastUsedAt ?? null,
  rotate_at: key.revokedAt === undefined ? rotationOf(key, limits) : null,
  expires_at: key.validUntil ?? null,
  revoked_at: key.revokedAt ?? null,
});
