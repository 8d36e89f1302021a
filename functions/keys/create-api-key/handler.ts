import { toListedKey } from '../../../lib/api/views/listed-key.ts';
import { requireFuture } from '../../../lib/domain/access/api-key.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { formatApiKey, hashSecret, newSecret } from '../../../lib/lambda/auth/api-key-format.ts';
import { keyAdministration, limits, newId, now } from '../../../lib/lambda/dependencies.ts';
import { parseRequest, type Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { sameIds } from '../../../lib/lambda/middleware/request-ids.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keyAdministration: 'create' }, 'limits' | 'newId' | 'now'> & {
  newSecret: () => string;
};

export async function handle(
  { caller, body }: Request<typeof operation>,
  { keyAdministration, ...deps }: Deps,
) {
  const now = deps.now();
  requireFuture(body.expires_at, now);
  const secret = deps.newSecret();
  const key = {
    id: deps.newId(),
    name: body.name,
    scopes: [...new Set(body.scopes)],
    hash: hashSecret(secret),
    lastFour: secret.slice(-4),
    createdAt: now.toISOString(),
    createdBy: caller.subject,
    ...(body.expires_at !== undefined && { validUntil: new Date(body.expires_at).toISOString() }),
  };
  recordAccess(caller, 'key', key);
  await keyAdministration.create(key);
  return { ...toListedKey(key, undefined, deps.limits), key: formatApiKey({ id: key.id, secret }) };
}

const needs = { keyAdministration, limits, newId, newSecret: () => newSecret, now };
export const handler = serve(operation, handle, needs, parseRequest, sameIds(operation));
