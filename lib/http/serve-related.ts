import type { Operation, Related } from '../api/operation.ts';
import type { LookupFor } from './live-key.ts';
import { readRelated } from './related.ts';
import { callerOf, parseRequest, type Request } from './request.ts';
import { type Handle, serve } from './serve.ts';

type RelatedOperation = Operation & { related: Related };

/** A request whose body came in parts. */
export type RelatedRequest<Op extends RelatedOperation> = Request<Op> & { parts: readonly Uint8Array[] };

/** The Lambda of an operation that takes many files of one kind in a `multipart/related` body. */
export const serveRelated = <Op extends RelatedOperation, Deps>(
  operation: Op,
  handle: (request: RelatedRequest<Op>, deps: Deps) => ReturnType<Handle<Op, Deps>>,
  connect: () => Deps & LookupFor<Op>,
) =>
  serve(
    operation,
    (request, deps: Deps) => handle(request as RelatedRequest<Op>, deps),
    connect,
    (_, event) => {
      // Nothing is read from who may not send it.
      if (operation.auth !== 'public') callerOf(event, operation.auth);
      return { ...parseRequest(operation, event), parts: readRelated(event, operation.related) };
    },
  );
