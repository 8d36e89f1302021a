import middy from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type * as z from 'zod';
import { isPaged, type Operation } from '../api/operation.ts';
import type { Caller } from '../domain/caller.ts';
import { type Answer, answering, json } from './answer.ts';
import { auditing } from './auditing.ts';
import { limiting } from './limiting.ts';
import { type LookupFor, requireLiveKey } from './live-key.ts';
import { handlePaged } from './paged.ts';
import { parseRequest, type Request } from './request.ts';

type Reply<Op extends Operation> = Op['success'] extends { schema: infer Schema extends z.ZodType }
  ?
      | z.input<Schema>
      | (Op['success'] extends { partly: number } ? Partly<z.input<Schema>> : never)
      | (Op['success'] extends { none: number } ? NoneDone<z.input<Schema>> : never)
  : Op['success'] extends { redirects: true }
    ? { location: string }
    : unknown;

/** What is done around a handler; `work` makes the answer, and `context` knows how long it can take. */
export type Doing = (
  request: Pick<Request<Operation>, 'headers' | 'trail'> & {
    caller: Caller | undefined;
    params: unknown;
    body: unknown;
    files?: unknown;
  },
  work: () => Promise<Answer>,
  context: Context,
) => Promise<Answer>;

/** The value of a reply that does only a part of what was asked for. */
export class Partly<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/** The value of a reply that does nothing of what was asked for, and says of each thing why. */
export class NoneDone<T> extends Partly<T> {}

/** The logic of an operation: gets a parsed request and what it depends on, and gives the value to answer with. */
export type Handle<Op extends Operation, Deps> = (
  request: Request<Op>,
  deps: Deps,
) => Promise<Reply<Op>> | Reply<Op>;

/**
 * The Lambda of an operation that answers with JSON or with nothing.
 *
 * @param connect makes the dependencies, once, at the first request
 * @param read how the event becomes a request; where it is no JSON, see `serveForm`
 * @param doing what is done around the handler; where that creates something, see `serveCreation`
 */
export function serve<Op extends Operation, Deps>(
  operation: Op,
  handle: Handle<Op, Deps>,
  connect: () => Deps & LookupFor<Op>,
  read: (operation: Op, event: APIGatewayProxyEvent) => Promise<Request<Op>> | Request<Op> = parseRequest,
  doing: Doing = (_, work) => work(),
) {
  let deps: Deps | undefined;
  return middy<APIGatewayProxyEvent, Answer>()
    .use(auditing(operation))
    .use(answering(operation))
    .use(limiting(operation))
    .handler(async (event, context) => {
      const request = await read(operation, event);
      deps ??= connect();
      await requireLiveKey(request.caller, deps);
      const connected = deps;
      const work = async () => {
        const value = isPaged(operation)
          ? await handlePaged(operation, request, (opened) => handle(opened, connected))
          : await handle(request, connected);
        return answerOf(operation, value);
      };
      return doing(request, work, context);
    });
}

function answerOf({ success }: Operation, value: unknown): Answer {
  if ('schema' in success) {
    const { status, schema, contentType, partly = status, none = status } = success;
    const headers: Record<string, string> = contentType ? { 'content-type': contentType } : {};
    if (!(value instanceof Partly)) return json(status, schema.parse(value), headers);
    return json(value instanceof NoneDone ? none : partly, schema.parse(value.value), headers);
  }
  if ('redirects' in success) {
    const { location } = value as { location: string };
    return { statusCode: success.status, headers: { location }, body: '' };
  }
  return { statusCode: success.status, headers: {}, body: '' };
}
