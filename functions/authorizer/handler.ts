import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { callerFromClaims } from '../../lib/domain/caller.ts';
import { connectVerifier, type Verifier } from '../../lib/http/token-verifier.ts';

/** What API Gateway takes for "401"; any other error is one of ours. */
const UNAUTHORIZED = 'Unauthorized';

/**
 * Finds out who calls. API Gateway remembers the answer for the token, hence the policy covers the whole API: who may
 * do what is decided by each operation, from the caller and the time of expiry that are handed on.
 */
export async function handle(
  { headers, methodArn }: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'>,
  { verify }: Verifier,
): Promise<APIGatewayAuthorizerResult> {
  const token = /^Bearer +([^ ]+)$/i.exec(headers?.Authorization ?? headers?.authorization ?? '')?.[1];
  const claims = token && (await verify(token));
  if (!claims) throw new Error(UNAUTHORIZED);
  const caller = callerFromClaims(claims);
  return {
    principalId: claims.sub,
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
    ...(caller && { context: { caller: JSON.stringify(caller), expiresAt: claims.exp } }),
  };
}

let verifier: Verifier | undefined;

export const handler = (event: APIGatewayRequestAuthorizerEvent) => {
  verifier ??= connectVerifier();
  return handle(event, verifier);
};
