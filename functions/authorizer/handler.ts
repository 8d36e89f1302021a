import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { ApiKeys } from '../../lib/data/api-keys.ts';
import { connectTable } from '../../lib/data/table.ts';
import { isLive } from '../../lib/domain/api-key.ts';
import { type Caller, callerFromClaims } from '../../lib/domain/caller.ts';
import { parseKey, proves } from '../../lib/http/api-key-text.ts';
import { environment } from '../../lib/http/environment.ts';
import { connectVerifier, type Verifier } from '../../lib/http/token-verifier.ts';

/** What API Gateway takes for "401"; any other error is one of ours. */
const UNAUTHORIZED = 'Unauthorized';

/** A key without an end is good for this long in one answer: longer than API Gateway remembers it. */
const KEY_SECONDS = 3600;

interface Deps {
  verify: Verifier['verify'];
  keys: Pick<ApiKeys, 'get'>;
  now: () => Date;
}

/** Someone who proved who they are; without a caller they are nobody that this service knows. */
interface Known {
  principalId: string;
  caller: Caller | undefined;
  /** Seconds since 1970. */
  expiresAt: number;
}

/**
 * Finds out who calls. API Gateway remembers the answer for the token or key, hence the policy covers the whole API:
 * who may do what is decided by each operation, from the caller and the time of expiry that are handed on.
 */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  deps: Deps,
): Promise<APIGatewayAuthorizerResult> {
  const authorization = headers?.Authorization ?? headers?.authorization ?? '';
  const [, scheme, credentials] = /^(Bearer|ApiKey) +([^ ]+)$/i.exec(authorization) ?? [];
  if (!scheme || !credentials) throw new Error(UNAUTHORIZED);
  const isKey = scheme.toLowerCase() === 'apikey';
  const known = await (isKey ? serviceWith(credentials, deps) : personWith(credentials, deps));
  if (!known) throw new Error(UNAUTHORIZED);
  const { principalId, caller, expiresAt } = known;
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: caller ? 'Allow' : 'Deny',
          Resource: methodArn.split('/').slice(0, 2).join('/').concat('/*'),
        },
      ],
    },
    ...(caller && { context: { caller: JSON.stringify(caller), expiresAt } }),
  };
}

async function personWith(token: string, { verify }: Deps): Promise<Known | undefined> {
  const claims = await verify(token);
  return claims && { principalId: claims.sub, caller: callerFromClaims(claims), expiresAt: claims.exp };
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
