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
import type { Operation } from '../../api/operation.ts';
import { STORED_RESPONSES, TABLE_SCHEMA } from '../../data/keys.ts';
import type { AuditContext } from '../../domain/audit/audit-context.ts';
import { DomainError } from '../../domain/errors.ts';
import { environment } from '../environment.ts';
import type { HandlerMiddleware } from '../http/request-pipeline.ts';
import type { HttpResponse } from '../http/response.ts';

/** A valid key: up to 255 printable ASCII characters (draft-ietf-httpapi-idempotency-key-header-07). */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** How long a response is replayed; longer than the signed URLs in it are valid. */
const REMEMBERED_SECONDS = 3600;

/**
 * Replays the first response to a repeated `Idempotency-Key` of the same caller, without running the handler again. The
 * same key with another request is an error. Failures are not stored, so that the client can retry.
 */
export function idempotency(operation: Operation): HandlerMiddleware {
  let store: DynamoDBPersistenceLayer | undefined;
  return async ({ headers, caller, params, body, files, auditContext }, next, context) => {
    const key = headers['idempotency-key'];
    if (key === undefined) return next();
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
    const idempotent = makeIdempotent(async (_payload: typeof payload) => pack(await next(), auditContext), {
      persistenceStore: store,
      // The remaining time limits how long a request counts as in progress: a crashed one must not block retries for an hour.
      config: new IdempotencyConfig({ ...CONFIG, lambdaContext: context }),
    });
    const packed = await idempotent(payload).catch(explain);
    // A replayed response contains the same resources, so they belong into its audit event, too.
    for (const id of packed.patientIds) auditContext.patientIds.add(id);
    for (const resource of packed.resources) auditContext.resources.add(resource);
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
    staticPkValue: STORED_RESPONSES,
    expiryAttr: TABLE_SCHEMA.timeToLive,
  });

/** Serializes a request for the comparison with the first one. Files are compared by their bytes. */
const contentOf = (content: unknown): string =>
  JSON.stringify(content, (_key, value) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value,
  );

/** Compresses the response: 200 signed URLs exceed the 400 KB of an item, but they are similar to each other. */
const pack = ({ statusCode, headers, body }: HttpResponse, { patientIds, resources }: AuditContext) => ({
  statusCode,
  headers,
  patientIds: [...patientIds],
  resources: [...resources],
  body: gzipSync(String(body)).toString('base64'),
});
const unpack = ({ statusCode, headers, body }: ReturnType<typeof pack>): HttpResponse => ({
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
