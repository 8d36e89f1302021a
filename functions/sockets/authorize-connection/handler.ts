import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authenticateToken, authorization, UNAUTHORIZED } from '../../../lib/lambda/auth/authorization.ts';
import { connectVerifier, type Verifier } from '../../../lib/lambda/auth/token-verifier.ts';
import { connect } from '../../../lib/lambda/needs.ts';
import { tokenOf } from '../../../lib/lambda/sockets/socket-token.ts';

/** Authenticates a WebSocket client. Only people: what a service may access depends on the record in its request. */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  verifier: Verifier,
): Promise<APIGatewayAuthorizerResult> {
  const token = tokenOf(headers);
  const principal = token === undefined ? undefined : await authenticateToken(token, verifier);
  if (!principal) throw new Error(UNAUTHORIZED);
  return authorization(principal, methodArn);
}

const verifier = connect<Verifier>({ verify: () => connectVerifier().verify });

export const handler = (event: APIGatewayRequestAuthorizerEvent) => handle(event, verifier());
