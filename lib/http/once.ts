import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Operation } from '../api/operation.ts';
import { TABLE_SCHEMA } from '../data/keys.ts';
import { DomainError } from '../domain/errors.ts';
import type { Trail } from '../domain/trail.ts';
import type { Answer } from './answer.ts';
import { environment } from './environment.ts';
import type { Doing } from './serve.ts';

/** What a client may take for a key: 255 printable ASCII characters (draft-ietf-httpapi-idempotency-key-header-07). */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** So long an answer is given again; longer than its signed URLs are good. */
const REMEMBERED_SECONDS = 3600;

/**
 * Gives to the same `Idempotency-Key` of the same caller the answer that was given first, and does nothing again. Where
 * the request is another one, that is an error. Failures are not remembered: they may be tried again.
 */
export function once(operation: Operation): Doing {
  let store: DynamoDBPersistenceLayer | undefined;
  return async ({ headers, caller, params, body, files, trail }, work, context) => {
    const key = headers['idempotency-key'];
    if (key === undefined) return work();
    if (!KEY.test(key)) {
      throw new DomainError('BAD_REQUEST', 'Validation failed', {
        details: ['Idempotency-Key must be 1 to 255 printable ASCII characters without spaces'],
      });
    }
    store ??= connect();
    const payload = {
      key: `${caller?.subject} ${operation.id} ${key}`,
      content: createHash('sha256').update(contentOf({ params, body, files })).digest('hex'),
    };
    const idempotent = makeIdempotent(async (_: typeof payload) => pack(await work(), trail), {
      persistenceStore: store,
      // From it comes how long a request can be under way: one that died in the middle must not hold up the next for an hour.
      config: new IdempotencyConfig({ ...CONFIG, lambdaContext: context }),
    });
    const packed = await idempotent(payload).catch(explain);
    // Who gets the answer again sees again what it is about.
    for (const id of packed.patientIds) trail.patientIds.add(id);
    for (const thing of packed.things) trail.things.add(thing);
    return unpack(packed);
  };
}

const CONFIG = {
  eventKeyJmesPath: 'key',
  payloadValidationJmesPath: 'content',
  hashFunction: 'sha256',
  expiresAfterSeconds: REMEMBERED_SECONDS,
};

const connect = () =>
  new DynamoDBPersistenceLayer({
    tableName: environment.requestsTableName,
    keyAttr: TABLE_SCHEMA.partitionKey,
    sortKeyAttr: TABLE_SCHEMA.sortKey,
    staticPkValue: 'ANSWERS',
    expiryAttr: TABLE_SCHEMA.timeToLive,
  });

/** The request as text that is the same for the same request; a file counts by its bytes. */
const contentOf = (content: unknown): string =>
  JSON.stringify(content, (_, value) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
  );

/** An item holds 400 KB, and 200 signed URLs are more; they are alike. */
const pack = ({ statusCode, headers, body }: Answer, { patientIds, things }: Trail) => ({
  statusCode,
  headers,
  patientIds: [...patientIds],
  things: [...things],
  body: gzipSync(String(body)).toString('base64'),
});
const unpack = ({ statusCode, headers, body }: ReturnType<typeof pack>): Answer => ({
  statusCode,
  headers,
  body: gunzipSync(Buffer.from(body, 'base64')).toString(),
});

function explain(error: unknown): never {
  if (error instanceof IdempotencyValidationError) {
    throw new DomainError('UNPROCESSABLE_CONTENT', 'The Idempotency-Key belongs to another request.', {
      cause: error,
    });
  }
  if (error instanceof IdempotencyAlreadyInProgressError) {
    throw new DomainError('CONFLICT', 'The request with this Idempotency-Key is under way.', {
      headers: { 'retry-after': '1' },
      cause: error,
    });
  }
  if (error instanceof IdempotencyPersistenceLayerError) {
    throw new DomainError('SERVICE_UNAVAILABLE', 'The Idempotency-Key can not be kept at the moment.', {
      headers: { 'retry-after': '5' },
      cause: error,
    });
  }
  throw error;
}
