import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { isLive } from '../../../lib/domain/access/api-key.ts';
import { matchesSecret, parseApiKey } from '../../../lib/lambda/auth/api-key-format.ts';
import {
  authenticateToken,
  authorization,
  type Principal,
  UNAUTHORIZED,
} from '../../../lib/lambda/auth/authorization.ts';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';
import { keys, now } from '../../../lib/lambda/dependencies.ts';
import { connect, type Needs } from '../../../lib/lambda/needs.ts';

/** A key without an end is good for this long in one answer: longer than API Gateway remembers it. */
const KEY_SECONDS = 3600;

type Deps = Pick<Verifier, 'verify'> & Needs<{ keys: 'get' }, 'now'>;

/** Finds out who calls. */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  deps: Deps,
): Promise<APIGatewayAuthorizerResult> {
  const given = headers?.Authorization ?? headers?.authorization ?? '';
  const [, scheme, credentials] = /^(Bearer|ApiKey) +([^ ]+)$/i.exec(given) ?? [];
  if (!scheme || !credentials) throw new Error(UNAUTHORIZED);
  const isKey = scheme.toLowerCase() === 'apikey';
  const principal = await (isKey
    ? authenticateApiKey(credentials, deps)
    : authenticateToken(credentials, deps));
  if (!principal) throw new Error(UNAUTHORIZED);
  return authorization(principal, methodArn);
}

async function authenticateApiKey(
  text: string,
  { keys, now }: Pick<Deps, 'keys' | 'now'>,
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

const deps = connect<Deps>({ verify: () => connectVerifier().verify, keys, now });

export const handler = (event: APIGatewayRequestAuthorizerEvent) => handle(event, deps());
