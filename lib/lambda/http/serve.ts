import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { isPaged, type Operation } from '../../api/operation.ts';
import type { LookupFor } from '../auth/require-live-key.ts';
import type { Factories } from '../needs.ts';
import { entityTagOf } from './entity-tag.ts';
import { handlePage } from './pagination.ts';
import { parseRequest, type Request } from './request.ts';
import { type HandlerMiddleware, requestPipeline } from './request-pipeline.ts';
import { type HttpResponse, json } from './response.ts';

type Reply<Op extends Operation> = Op['success'] extends { schema: infer Schema extends z.ZodType }
  ?
      | z.input<Schema>
      | (Op['success'] extends { partialStatus: number } ? PartialSuccess<z.input<Schema>> : never)
      | (Op['success'] extends { allFailedStatus: number } ? AllFailed<z.input<Schema>> : never)
  : Op['success'] extends { redirects: true }
    ? { location: string }
    : unknown;

/** The response of a request that succeeded in part. */
export class PartialSuccess<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/** The response of a request of which every item failed; the value has the reason for each. */
export class AllFailed<T> extends PartialSuccess<T> {}

/** The logic of an operation: takes a parsed request and its dependencies, and returns the value of the response. */
export type Handle<Op extends Operation, Deps> = (
  request: Request<Op>,
  deps: Deps,
) => Promise<Reply<Op>> | Reply<Op>;

/**
 * The Lambda of an operation that responds with JSON or without a body.
 *
 * @param needs makes the dependencies, once, at the first request
 * @param read parses the event; for bodies other than JSON, see `serveForm`
 * @param middleware runs around the handler; for operations that create something, see `serveCreation`
 */
export function serve<Op extends Operation, Deps>(
  operation: Op,
  handle: Handle<Op, Deps>,
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>,
  read: (operation: Op, event: APIGatewayProxyEvent) => Promise<Request<Op>> | Request<Op> = parseRequest,
  middleware?: HandlerMiddleware,
) {
  return requestPipeline<Op, Deps>(operation, {
    read,
    needs,
    ...(middleware && { middleware }),
    respond: async (request, deps) =>
      responseOf(
        operation,
        isPaged(operation)
          ? await handlePage(operation, request, (opened) => handle(opened, deps))
          : await handle(request, deps),
      ),
  });
}

function responseOf({ success, entityTag }: Operation, value: unknown): HttpResponse {
  if ('schema' in success) {
    const { status, schema, contentType, partialStatus = status, allFailedStatus = status } = success;
    const headers: Record<string, string> = {
      ...(contentType && { 'content-type': contentType }),
      ...(entityTag && { etag: entityTagOf(entityTag, value as object) }),
    };
    if (!(value instanceof PartialSuccess)) return json(status, schema.parse(value), headers);
    return json(
      value instanceof AllFailed ? allFailedStatus : partialStatus,
      schema.parse(value.value),
      headers,
    );
  }
  if ('redirects' in success) {
    const { location } = value as { location: string };
    return { statusCode: success.status, headers: { location }, body: '' };
  }
  return { statusCode: success.status, headers: {}, body: '' };
}
