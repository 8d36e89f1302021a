import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { authorization, type Principal } from './authorization.ts';
import { Refusal, Unauthorized } from './refusal.ts';
import { type RefusedRequest, type TraceDeps, traceRefusal } from './trace-refusal.ts';

export interface AuthorizerRequest extends RefusedRequest {
  methodArn: string;
}

/**
 * The response of an authorizer to what it found. What it refuses leaves a trace.
 *
 * @param action the authorizer's id
 * @throws Unauthorized, for which API Gateway responds with 401
 */
export async function answerAuthorizer(
  action: string,
  request: AuthorizerRequest,
  found: Principal | Refusal,
  deps: TraceDeps,
): Promise<APIGatewayAuthorizerResult> {
  if (found instanceof Refusal) {
    await traceRefusal(found, action, request, deps);
    throw new Unauthorized();
  }
  const { caller, principalId: subject } = found;
  if (!caller) await traceRefusal(new Refusal('no role', { subject }), action, request, deps);
  return authorization(found, request.methodArn);
}
