import type { Readable } from 'node:stream';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/executionModeStreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { Operation, Success } from '../../api/operation.ts';
import { type LookupFor, requireLiveKey } from '../auth/require-live-key.ts';
import { auditMiddleware } from '../middleware/auditing.ts';
import { rateLimitMiddleware } from '../middleware/rate-limiting.ts';
import { responseMiddleware } from '../middleware/response-middleware.ts';
import { parseRequest, type Request } from './request.ts';
import { type HttpResponse, json } from './response.ts';

type StreamOperation = Operation & { success: Extract<Success, { stream: unknown }> };
type Accepted<Op extends StreamOperation> = Op['success'] extends {
  accepted: { schema: infer Schema extends z.ZodType };
}
  ? { accepted: z.input<Schema>; retryAfterSeconds: number }
  : never;

/** Bytes to answer with. Everything that can be refused has been by now: after the first byte the status can't change. */
export interface Bytes {
  status?: 200 | 204 | 206 | 304;
  headers: Record<string, string>;
  body: Readable | string;
}

/** The logic of an operation that answers with bytes. */
export type HandleStream<Op extends StreamOperation, Deps> = (
  request: Request<Op>,
  deps: Deps,
) => Promise<Bytes | Accepted<Op>>;

/**
 * The Lambda of an operation whose answer is streamed. When the stream fails, Lambda and API Gateway cut the
 * connection, so that no client takes a part for the whole.
 */
export function serveStream<Op extends StreamOperation, Deps>(
  operation: Op,
  handle: HandleStream<Op, Deps>,
  connect: () => Deps & LookupFor<Op>,
) {
  let deps: Deps | undefined;
  return middy<APIGatewayProxyEvent, HttpResponse>({ executionMode: executionModeStreamifyResponse })
    .use(auditMiddleware(operation))
    .use(responseMiddleware(operation))
    .use(rateLimitMiddleware(operation))
    .handler(async (event): Promise<HttpResponse> => {
      const request = parseRequest(operation, event);
      deps ??= connect();
      await requireLiveKey(request.caller, deps);
      const reply = await handle(request, deps);
      if ('accepted' in reply) {
        const { status, schema } = operation.success.accepted ?? missingAccepted(operation);
        return json(status, schema.parse(reply.accepted), { 'retry-after': String(reply.retryAfterSeconds) });
      }
      return { statusCode: reply.status ?? 200, headers: reply.headers, body: reply.body };
    });
}

function missingAccepted(operation: Operation): never {
  throw new Error(`${operation.id} does not declare the answer that it gives`);
}
