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
import { DYNAMODB_CLIENT } from '../../data/dynamodb/table.ts';
import { STORED_RESPONSES, TABLE_SCHEMA } from '../../data/keys.ts';
import type { AuditContext } from '../../domain/audit/audit-context.ts';
import { DomainError } from '../../domain/errors.ts';
import { environment } from '../environment.ts';
import type { HandlerMiddleware } from '../http/request-pipeline.ts';
import type { HttpResponse } from '../http/response.ts';
import { idsOf, type KeyedRequest, keyedRequestOf, REMEMBERED_SECONDS } from './request-ids.ts';

/**
 * Replays the first response to a repeated `Idempotency-Key` of the same caller, without running the handler again. The
 * same key with another request is an error. Failures are not stored, so that the client can retry: then the handler
 * draws the same ids again (`idsOf`).
 */
export function idempotency(operation: Operation): HandlerMiddleware {
  let store: DynamoDBPersistenceLayer | undefined;
  return async (request, next, context) => {
    const keyed = keyedRequestOf(operation, request);
    if (!keyed) return next();
    const { auditContext } = request;
    store ??= connect();
    const run = async (_keyed: KeyedRequest) => pack(await next(await idsOf(keyed)), auditContext);
    const idempotent = makeIdempotent(run, {
      persistenceStore: store,
      // The remaining time limits how long a request counts as in progress: a crashed one must not block retries for an hour.
      config: new IdempotencyConfig({ ...CONFIG, lambdaContext: context }),
    });
    const packed = await idempotent(keyed).catch(explain);
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
    clientConfig: DYNAMODB_CLIENT,
    keyAttr: TABLE_SCHEMA.partitionKey,
    sortKeyAttr: TABLE_SCHEMA.sortKey,
    staticPkValue: STORED_RESPONSES,
    expiryAttr: TABLE_SCHEMA.timeToLive,
  });

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
