import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import {
  authenticateApiKey,
  authenticateToken,
  authorization,
  UNAUTHORIZED,
} from '../../../lib/lambda/auth/authorization.ts';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';
import { keys, now } from '../../../lib/lambda/dependencies.ts';
import { connect, type Needs } from '../../../lib/lambda/needs.ts';

type Deps = Pick<Verifier, 'verify'> & Needs<{ keys: 'get' }, 'now'>;

/** Authenticates the caller of a request. */
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

const deps = connect<Deps>({ verify: () => connectVerifier().verify, keys, now });

export const handler = (event: APIGatewayRequestAuthorizerEvent) => handle(event, deps());
