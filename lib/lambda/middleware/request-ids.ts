import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { Operation } from '../../api/operation.ts';
import { connectTable } from '../../data/dynamodb/table.ts';
import { FirstAttempts } from '../../data/first-attempts.ts';
import { DomainError } from '../../domain/errors.ts';
import { environment } from '../environment.ts';
import type { HandlerMiddleware, RequestIds } from '../http/request-pipeline.ts';

/** A valid key: up to 255 printable ASCII characters (draft-ietf-httpapi-idempotency-key-header-07). */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** How long the attempts of a request belong together; longer than the signed URLs in its response are valid. */
export const REMEMBERED_SECONDS = 3600;

/** A request with an Idempotency-Key. */
export interface KeyedRequest {
  /** Caller, operation and key. */
  key: string;
  /** A hash of params, body and files. */
  content: string;
}

/**
 * Returns what identifies the request, or undefined if it has no Idempotency-Key.
 *
 * @throws DomainError BAD_REQUEST if the key is invalid
 */
export function keyedRequestOf(
  { id }: Operation,
  { headers, caller, params, body, files }: Parameters<HandlerMiddleware>[0],
): KeyedRequest | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: ['Idempotency-Key must be 1 to 255 printable ASCII characters without spaces'],
    });
  }
  return { key: `${caller?.subject} ${id} ${key}`, content: sha256(contentOf({ params, body, files })) };
}

/**
 * Generates the identifiers of a request with an Idempotency-Key: the same for each attempt, so that an attempt finds what
 * an earlier one has created, if its function ended before it responded.
 *
 * They are UUIDs of version 7 with the time of the first attempt. What would be random is derived from the request
 * (RFC 9562, 5.7, 6.2): an id must be unique but is no secret. They sort in the order in which they are drawn.
 *
 * An id that an attempt has abandoned is replaced by another one: the event of a removal may come after the next attempt.
 */
export async function idsOf({ key, content }: KeyedRequest): Promise<RequestIds> {
  const seed = createHash('sha256').update(`${key} ${content}`).digest();
  const request = seed.toString('hex');
  const attempts = new FirstAttempts(connectTable(environment.requestsTableName));
  const first = await attempts.begin(request, new Date(), REMEMBERED_SECONDS);
  const draw = (seq: number, random: Buffer): string => {
    const id = v7({ msecs: first.startedAt, seq, random: random.subarray(4, 20) });
    if (!first.abandonedIds?.has(id)) return id;
    return draw(seq, createHash('sha256').update(random).digest());
  };
  // 31 bits, so that counting does not exceed the 32 bits of the sequence.
  let seq = seed.readUInt32BE() >>> 1;
  return { newId: () => draw(seq++, seed), abandonIds: (ids) => attempts.abandon(request, ids) };
}

/**
 * Draws the same identifiers for the same Idempotency-Key, but runs the handler again: for an operation whose response
 * has a secret and is stored nowhere. The handler must replace what an earlier attempt has created.
 */
export const sameIds =
  (operation: Operation): HandlerMiddleware =>
  async (request, next) => {
    const keyed = keyedRequestOf(operation, request);
    return keyed ? next(await idsOf(keyed)) : next();
  };

/** Serializes a request for the comparison with the first one. Files are compared by their bytes. */
const contentOf = (content: unknown): string =>
  JSON.stringify(content, (_key, value) => (value instanceof Uint8Array ? sha256(value) : value));

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
