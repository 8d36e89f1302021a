import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { ApiKeys } from '../../data/api-keys.ts';
import type { KeyUses } from '../../data/key-uses.ts';
import { isLive } from '../../domain/access/api-key.ts';
import { type Caller, callerFromClaims } from '../../domain/access/caller.ts';
import { logger } from '../http/response.ts';
import { matchesSecret, parseApiKey } from './api-key-format.ts';
import { Refusal } from './refusal.ts';
import type { Verifier } from './token-verifier.ts';
import { unverifiedClaimsOf } from './unverified-claims.ts';

/** An authenticated principal. Without a `caller`, this service does not know them. */
export interface Principal {
  principalId: string;
  caller: Caller | undefined;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Authenticates a person by their token. */
export async function authenticateToken(
  token: string,
  { verify }: Pick<Verifier, 'verify'>,
): Promise<Principal | Refusal> {
  const claims = await verify(token);
  if (claims) return { principalId: claims.sub, caller: callerFromClaims(claims), expiresAt: claims.exp };
  const { sub, exp } = unverifiedClaimsOf(token);
  const hasExpired = exp !== undefined && exp * 1000 <= Date.now();
  return new Refusal(hasExpired ? 'expired token' : 'invalid token', { subject: sub });
}

/** Validity of the response for a key that does not expire, in seconds: longer than API Gateway caches it. */
const KEY_SECONDS = 3600;

export interface KeyDeps {
  keys: Pick<ApiKeys, 'get'>;
  keyUses: Pick<KeyUses, 'note'>;
  now: () => Date;
}

/** Authenticates another system by its API key, if the key is valid. */
export async function authenticateApiKey(
  text: string,
  { keys, keyUses, now }: KeyDeps,
): Promise<Principal | Refusal> {
  const parts = parseApiKey(text);
  if (!parts) return new Refusal('malformed key');
  const key = await keys.get(parts.id);
  const named = { keyId: parts.id };
  if (!key) return new Refusal('unknown key', named);
  if (!matchesSecret(parts.secret, key)) return new Refusal('wrong secret', named);
  if (!isLive(key, now())) return new Refusal('revoked or expired key', named);
  await keyUses.note(key.id, now()).catch((error: unknown) => {
    // The list of keys then shows an older use; that is no reason to refuse a request.
    logger.warn('the use of a key is not noted', { keyId: key.id, error: error as Error });
  });
  const until =
    key.validUntil === undefined ? now().getTime() + KEY_SECONDS * 1000 : Date.parse(key.validUntil);
  const subject = `key:${key.id}`;
  return {
    principalId: subject,
    caller: { role: 'service', subject, keyId: key.id, scopes: key.scopes, name: key.name },
    expiresAt: Math.floor(until / 1000),
  };
}

/**
 * The response of an authorizer. API Gateway caches it for the token or key, hence the policy covers the whole API.
 * Each operation decides about access, based on the caller and the time of expiry in the authorizer's context.
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
