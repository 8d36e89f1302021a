import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type AuthorizerRequest, answerAuthorizer } from '../../../lib/lambda/auth/answer-authorizer.ts';
import {
  authenticateApiKey,
  authenticateToken,
  type KeyDeps,
} from '../../../lib/lambda/auth/authorization.ts';
import { Refusal } from '../../../lib/lambda/auth/refusal.ts';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';
import type { TraceDeps } from '../../../lib/lambda/auth/trace-refusal.ts';
import { keys, keyUses, now, refusals } from '../../../lib/lambda/dependencies.ts';
import { connect } from '../../../lib/lambda/needs.ts';

type Deps = Pick<Verifier, 'verify'> & TraceDeps & KeyDeps;

/** Authenticates the caller of a request. */
export async function handle(event: AuthorizerRequest, deps: Deps): Promise<APIGatewayAuthorizerResult> {
  const { headers } = event;
  const given = headers?.Authorization ?? headers?.authorization ?? '';
  return answerAuthorizer('authorizer', event, await authenticate(given, deps), deps);
}

async function authenticate(given: string, deps: Deps) {
  const [, scheme, credentials] = /^(Bearer|ApiKey) +([^ ]+)$/i.exec(given) ?? [];
  if (!scheme || !credentials) return new Refusal('no credentials');
  return scheme.toLowerCase() === 'apikey'
    ? authenticateApiKey(credentials, deps)
    : authenticateToken(credentials, deps);
}

const deps = connect<Deps>({ verify: () => connectVerifier().verify, keys, keyUses, refusals, now });

export const handler = (event: APIGatewayRequestAuthorizerEvent) => handle(event, deps());
