import * as z from 'zod';
import { type ApiKey, KeyName } from '../../domain/access/api-key.ts';
import { Scope } from '../../domain/access/scope.ts';
import { Id, Subject, Timestamp } from '../../domain/identifiers.ts';

/** An API key in a list, in the field style of the Records endpoints. */
export const ListedKey = z.strictObject({
  id: Id,
  name: KeyName,
  scopes: z.array(Scope),
  last_four: z.string().meta({ examples: ['x7Qk'] }),
  created_at: Timestamp,
  created_by: Subject,
  expires_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable().meta({ examples: [null] }),
});

/** Converts an API key to its format in lists. */
export const toListedKey = (key: ApiKey): z.infer<typeof ListedKey> => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  last_four: key.lastFour,
  created_at: key.createdAt,
  created_by: key.createdBy,
  expires_at: key.validUntil ?? null,
  revoked_at: key.revokedAt ?? null,
});
