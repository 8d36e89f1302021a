import { CHALLENGE } from '../../api/challenge.ts';
import type { Operation } from '../../api/operation.ts';
import { type ApiKey, isLive } from '../../domain/access/api-key.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { DomainError } from '../../domain/errors.ts';

/** The dependency with which an operation that services may call reads their keys. */
export interface KeyLookup {
  keys: { get(id: string): Promise<ApiKey | undefined> };
}

/** An operation that services may call does not compile without the keys. */
export type LookupFor<Op extends Operation> = Op extends { scopes: readonly string[] } ? KeyLookup : unknown;

/**
 * Refuses a service whose key was revoked or expired after the authorizer checked it.
 *
 * API Gateway caches the authorizer's response for up to five minutes and for all methods. Without that cache, each request
 * would invoke the authorizer. Reading the key again costs one request to DynamoDB, and only for services.
 *
 * @throws DomainError UNAUTHORIZED
 */
export async function requireLiveKey(caller: Caller | undefined, deps: unknown): Promise<void> {
  if (caller?.role !== 'service') return;
  const key = await (deps as KeyLookup).keys.get(caller.keyId);
  if (!key || !isLive(key, new Date())) {
    throw new DomainError('UNAUTHORIZED', 'Invalid or missing API key', { headers: CHALLENGE });
  }
}
