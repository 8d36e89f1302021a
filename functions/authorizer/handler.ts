import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { ApiKeys } from '../../lib/data/api-keys.ts';
import { connectTable } from '../../lib/data/table.ts';
import { isLive } from '../../lib/domain/api-key.ts';
import { parseKey, proves } from '../../lib/http/api-key-text.ts';
import { authorization, type Known, personWith, UNAUTHORIZED } from '../../lib/http/authorization.ts';
import { environment } from '../../lib/http/environment.ts';
import { connectVerifier, type Verifier } from '../../lib/http/token-verifier.ts';

/** A key without an end is good for this long in one answer: longer than API Gateway remembers it. */
const KEY_SECONDS = 3600;

interface Deps {
  verify: Verifier['verify'];
  keys: Pick<ApiKeys, 'get'>;
  now: () => Date;
}

/** Finds out who calls. */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  deps: Deps,
): Promise<APIGatewayAuthorizerResult> {
  const given = headers?.Authorization ?? headers?.authorization ?? '';
  const [, scheme, credentials] = /^(Bearer|ApiKey) +([^ ]+)$/i.exec(given) ?? [];
  if (!scheme || !credentials) throw new Error(UNAUTHORIZED);
  const isKey = scheme.toLowerCase() === 'apikey';
  const known = await (isKey ? serviceWith(credentials, deps) : personWith(credentials, deps));
  if (!known) throw new Error(UNAUTHORIZED);
  return authorization(known, methodArn);
}

async function serviceWith(text: string, { keys, now }: Deps): Promise<Known | undefined> {
  const parts = parseKey(text);
  const key = parts && (await keys.get(parts.id));
  if (!key || !proves(parts.secret, key) || !isLive(key, now())) return undefined;
  const until =
    key.validUntil === undefined ? now().getTime() + KEY_SECONDS * 1000 : Date.parse(key.validUntil);
  const subject = `key:${key.id}`;
  return {
    principalId: subject,
    caller: { role: 'service', subject, keyId: key.id, scopes: key.scopes },
    expiresAt: Math.floor(until / 1000),
  };
}

let deps: Deps | undefined;

export const handler = (event: APIGatewayRequestAuthorizerEvent) => {
  deps ??= {
    ...connectVerifier(),
    keys: new ApiKeys(connectTable(environment.tableName)),
    now: () => new Date(),
  };
  return handle(event, deps);
};
