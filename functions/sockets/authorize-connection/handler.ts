import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authorization, personWith, UNAUTHORIZED } from '../../../lib/http/authorization.ts';
import { tokenOf } from '../../../lib/http/socket-token.ts';
import { connectVerifier, type Verifier } from '../../../lib/http/token-verifier.ts';

/** Finds out who wants to listen: people only, as what a service may see hangs on the record by which it asks. */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  verifier: Verifier,
): Promise<APIGatewayAuthorizerResult> {
  const token = tokenOf(headers);
  const known = token === undefined ? undefined : await personWith(token, verifier);
  if (!known) throw new Error(UNAUTHORIZED);
  return authorization(known, methodArn);
}

let verifier: Verifier | undefined;

export const handler = (event: APIGatewayRequestAuthorizerEvent) => {
  verifier ??= connectVerifier();
  return handle(event, verifier);
};
