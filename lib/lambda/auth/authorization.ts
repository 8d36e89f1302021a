import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { ApiKeys } from '../../data/api-keys.ts';
import { isLive } from '../../domain/access/api-key.ts';
import { type Caller, callerFromClaims } from '../../domain/access/caller.ts';
import { matchesSecret, parseApiKey } from './api-key-format.ts';
import type { Verifier } from './token-verifier.ts';

/** What API Gateway takes for "401"; any other error is one of ours. */
export const UNAUTHORIZED = 'Unauthorized';

/** Someone who proved who they are; without a caller they are nobody that this service knows. */
export interface Principal {
  principalId: string;
  caller: Caller | undefined;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** The person whose token it is. */
export async function authenticateToken(
  token: string,
  { verify }: Pick<Verifier, 'verify'>,
): Promise<Principal | undefined> {
  const claims = await verify(token);
  return claims && { principalId: claims.sub, caller: callerFromClaims(claims), expiresAt: claims.exp };
}

/** A key without an end is good for this long in one answer: longer than API Gateway remembers it. */
const KEY_SECONDS = 3600;

/** The other system whose key it is, while the key is live. */
export async function authenticateApiKey(
  text: string,
  { keys, now }: { keys: Pick<ApiKeys, 'get'>; now: () => Date },
): Promise<Principal | undefined> {
  const parts = parseApiKey(text);
  const key = parts && (await keys.get(parts.id));
  if (!key || !matchesSecret(parts.secret, key) || !isLive(key, now())) return undefined;
  const until =
    key.validUntil === undefined ? now().getTime() + KEY_SECONDS * 1000 : Date.parse(key.validUntil);
  const subject = `key:${key.id}`;
  return {
    principalId: subject,
    caller: { role: 'service', subject, keyId: key.id, scopes: key.scopes },
    expiresAt: Math.floor(until / 1000),
  };
}

/**
 * The answer of an authorizer. API Gateway remembers it for the token or key, hence the policy covers the whole API:
 * who may do what is decided by each operation, from the caller and the time of expiry that are handed on.
 */
export const authorization = (
  { principalId, caller, expiresAt }: Principal,
  methodArn: string,
): APIGatewayAuthorizerResult => ({
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
});
