import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Operation } from '../../api/operation.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { type LookupFor, requireLiveKey } from '../auth/require-live-key.ts';
import { letHeapGrow } from '../heap-growth.ts';
import { auditMiddleware } from '../middleware/auditing.ts';
import { headMiddleware } from '../middleware/head-middleware.ts';
import { rateLimitMiddleware } from '../middleware/rate-limiting.ts';
import { settingsMiddleware } from '../middleware/required-settings.ts';
import { responseMiddleware } from '../middleware/response-middleware.ts';
import { connect, type Dependencies, type Factories } from '../needs.ts';
import type { Request } from './request.ts';
import type { HttpResponse } from './response.ts';

/** The dependencies that draw the ids of what a request creates. */
export type RequestIds = Pick<Dependencies, 'newId' | 'abandonIds'>;

/**
 * Middleware around a handler. `next` runs the handler, with these dependencies instead of its own, and returns its
 * response; `context` has the remaining time.
 */
export type HandlerMiddleware = (
  request: Pick<Request<Operation>, 'headers' | 'auditContext'> & {
    caller: Caller | undefined;
    params: unknown;
    body: unknown;
    files?: unknown;
  },
  next: (instead?: RequestIds) => Promise<HttpResponse>,
  context: Context,
) => Promise<HttpResponse>;

interface Steps<Op extends Operation, Deps> {
  /** Parses the event. */
  read: (operation: Op, event: APIGatewayProxyEvent) => Promise<Request<Op>> | Request<Op>;
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>;
  /** Runs around `respond`: see `idempotency`. */
  middleware?: HandlerMiddleware;
  respond: (request: Request<Op>, deps: Deps) => Promise<HttpResponse>;
}

/**
 * The Lambda of an operation: all steps of a request, in this order.
 *
 * @param options middy's options: how the response is passed to Lambda
 */
export function requestPipeline<Op extends Operation, Deps>(
  operation: Op,
  { read, needs, middleware = (_request, next) => next(), respond }: Steps<Op, Deps>,
  options: Parameters<typeof middy<APIGatewayProxyEvent, HttpResponse>>[0] = {},
) {
  letHeapGrow(operation);
  const connected = connect<Deps>(needs);
  const audit = auditMiddleware(operation);
  return middy<APIGatewayProxyEvent, HttpResponse>(options)
    .use(audit.record)
    .use(headMiddleware)
    .use(responseMiddleware(operation))
    .use(settingsMiddleware(operation))
    .use(rateLimitMiddleware(operation))
    .use(audit.open)
    .handler(async (event, context) => {
      const request = await read(operation, event);
      const deps = connected();
      await requireLiveKey(request.caller, deps);
      return middleware(request, (instead) => respond(request, { ...deps, ...instead }), context);
    });
}
