import { v7 as newId } from 'uuid';
import { ApiKeys } from '../../../lib/data/api-keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireFuture, toListedKey } from '../../../lib/domain/api-key.ts';
import { note } from '../../../lib/domain/trail.ts';
import { formatKey, hashOf, newSecret } from '../../../lib/http/api-key-text.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  keys: Pick<ApiKeys, 'create'>;
  newId: () => string;
  newSecret: () => string;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { keys, ...deps }: Deps) {
  const now = deps.now();
  requireFuture(body.expires_at, now);
  const secret = deps.newSecret();
  const key = {
    id: deps.newId(),
    name: body.name,
    scopes: [...new Set(body.scopes)],
    hash: hashOf(secret),
    lastFour: secret.slice(-4),
    createdAt: now.toISOString(),
    createdBy: caller.subject,
    ...(body.expires_at !== undefined && { validUntil: new Date(body.expires_at).toISOString() }),
  };
  note(caller, 'key', key);
  await keys.create(key);
  return { ...toListedKey(key), key: formatKey({ id: key.id, secret }) };
}

export const handler = serve(operation, handle, () => ({
  keys: new ApiKeys(connectTable(environment.tableName)),
  newId,
  newSecret,
  now: () => new Date(),
}));
