import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { decide, PolicyDocument } from '../iam/iam.ts';
import { FunctionError } from '../lambda/instance.ts';
import type { LambdaFunction } from '../lambda/lambda.ts';
import { OverloadError } from '../lambda/waiting-line.ts';
import { accountId, region } from '../template.ts';
import type { AuthorizerDefinition } from './api-definition.ts';
import type { ApiRequest } from './api-event.ts';
import type { GatewayResponseType } from './gateway-response.ts';

const Answer = z
  .object({
    principalId: z.string(),
    policyDocument: PolicyDocument,
    context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  })
  .loose();

export type Verdict =
  | { allowed: true; context: Record<string, string> }
  | { allowed: false; response: GatewayResponseType };

/**
 * A Lambda authorizer, with API Gateway's cache: one result is valid for all methods until it expires.
 */
export class Authorizer {
  readonly #lambda: LambdaFunction;
  readonly #identitySources: string[];
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #cache = new Map<string, { answer: unknown; expiresAt: number }>();

  constructor(definition: AuthorizerDefinition, lambda: LambdaFunction, clock: Clock) {
    this.#clock = clock;
    this.#lambda = lambda;
    this.#identitySources = definition.identitySource
      .split(',')
      .map((source) => source.trim())
      .filter(Boolean);
    this.#ttlMs = definition.authorizerResultTtlInSeconds * 1000;
  }

  async authorize(request: ApiRequest): Promise<Verdict> {
    const identities = this.#identitySources.map((source) => identityOf(source, request));
    if (identities.some((identity) => !identity)) return { allowed: false, response: 'UNAUTHORIZED' };
    const methodArn = `arn:aws:execute-api:${region}:${accountId}:local/local/${request.httpMethod}${request.path}`;
    const event = { type: 'REQUEST', methodArn, ...request };
    return verdictOf(() => this.#ask(JSON.stringify(identities), event), methodArn);
  }

  async #ask(key: string, event: object): Promise<unknown> {
    const cached = this.#cache.get(key);
    if (cached && cached.expiresAt > this.#clock.now()) return cached.answer;
    const answer = Answer.parse(await this.#lambda.invoke(event, { sheddable: true }));
    if (this.#ttlMs > 0) {
      if (this.#cache.size > 10_000) this.#cache.clear();
      this.#cache.set(key, { answer, expiresAt: this.#clock.now() + this.#ttlMs });
    }
    return answer;
  }
}

/** Converts an authorizer's result, or its failure, to a decision about a method. Throws an OverloadError. */
export async function verdictOf(ask: () => Promise<unknown>, methodArn: string): Promise<Verdict> {
  try {
    const { policyDocument, principalId, context } = Answer.parse(await ask());
    const access = { action: 'execute-api:Invoke', resource: methodArn };
    if (decide(policyDocument.Statement, access) !== 'allowed')
      return { allowed: false, response: 'ACCESS_DENIED' };
    const values = Object.entries(context).map(([key, value]) => [key, String(value)]);
    return { allowed: true, context: { ...Object.fromEntries(values), principalId } };
  } catch (error) {
    if (error instanceof OverloadError) throw error;
    // API Gateway's convention: exactly this message means 401; any other failure is an error of the authorizer.
    const unauthorized = error instanceof FunctionError && error.message === 'Unauthorized';
    return { allowed: false, response: unauthorized ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE' };
  }
}

/** The value of an identity source such as `method.request.header.Name`. */
function identityOf(source: string, request: ApiRequest): string | undefined {
  const [, , kind, ...rest] = source.split('.');
  const name = rest.join('.');
  if (kind === 'querystring') return request.queryStringParameters?.[name];
  const header = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return kind === 'header' ? header?.[1] : undefined;
}
