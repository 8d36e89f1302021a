import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { type Caller, callerFromClaims } from '../../domain/access/caller.ts';
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
