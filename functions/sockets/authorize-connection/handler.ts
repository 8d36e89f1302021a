import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type AuthorizerRequest, answerAuthorizer } from '../../../lib/lambda/auth/answer-authorizer.ts';
import { authenticateToken } from '../../../lib/lambda/auth/authorization.ts';
import { Refusal } from '../../../lib/lambda/auth/refusal.ts';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';
import type { TraceDeps } from '../../../lib/lambda/auth/trace-refusal.ts';
import { now, refusals } from '../../../lib/lambda/dependencies.ts';
import { connect } from '../../../lib/lambda/needs.ts';
import { tokenOf } from '../../../lib/lambda/sockets/socket-token.ts';

type Deps = Pick<Verifier, 'verify'> & TraceDeps;

/** Authenticates a WebSocket client. Only people: what a service may access depends on the record in its request. */
export async function handle(event: AuthorizerRequest, deps: Deps): Promise<APIGatewayAuthorizerResult> {
  const token = tokenOf(event.headers);
  const found = token === undefined ? new Refusal('no credentials') : await authenticateToken(token, deps);
  return answerAuthorizer('authorize-connection', event, found, deps);
}

const deps = connect<Deps>({ verify: () => connectVerifier().verify, refusals, now });

export const handler = (event: APIGatewayRequestAuthorizerEvent) => handle(event, deps());
