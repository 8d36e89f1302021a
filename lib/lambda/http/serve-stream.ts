import type { Readable } from 'node:stream';
import { executionModeStreamifyResponse } from '@middy/core/executionModeStreamifyResponse';
import type * as z from 'zod';
import type { Operation, Success } from '../../api/operation.ts';
import type { LookupFor } from '../auth/require-live-key.ts';
import type { Factories } from '../needs.ts';
import { parseRequest, type Request } from './request.ts';
import { requestPipeline } from './request-pipeline.ts';
import { type HttpResponse, json } from './response.ts';

type StreamOperation = Operation & { success: Extract<Success, { stream: unknown }> };
type Accepted<Op extends StreamOperation> = Op['success'] extends {
  accepted: { schema: infer Schema extends z.ZodType };
}
  ? { accepted: z.input<Schema>; retryAfterSeconds: number }
  : never;

/** The bytes of a response. All checks must be done before: after the first byte, the status can't change. */
export interface Bytes {
  status?: 200 | 204 | 206 | 304;
  headers: Record<string, string>;
  body: Readable | string;
}

/** The logic of an operation that responds with bytes. */
export type HandleStream<Op extends StreamOperation, Deps> = (
  request: Request<Op>,
  deps: Deps,
) => Promise<Bytes | Accepted<Op>>;

/**
 * The Lambda of an operation whose response is streamed. If the stream fails, Lambda and API Gateway abort the
 * connection, so that the client knows that the response is incomplete.
 */
export function serveStream<Op extends StreamOperation, Deps>(
  operation: Op,
  handle: HandleStream<Op, Deps>,
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>,
) {
  const respond = async (request: Request<Op>, deps: Deps): Promise<HttpResponse> => {
    const reply = await handle(request, deps);
    if ('accepted' in reply) {
      const { status, schema } = operation.success.accepted ?? missingAccepted(operation);
      return json(status, schema.parse(reply.accepted), { 'retry-after': String(reply.retryAfterSeconds) });
    }
    return { statusCode: reply.status ?? 200, headers: reply.headers, body: reply.body };
  };
  return requestPipeline<Op, Deps>(
    operation,
    { read: parseRequest, needs, respond },
    { executionMode: executionModeStreamifyResponse },
  );
}

function missingAccepted(operation: Operation): never {
  throw new Error(`${operation.id} does not declare an accepted response`);
}
