import type { Operation, Related } from '../../api/operation.ts';
import type { LookupFor } from '../auth/require-live-key.ts';
import type { Factories } from '../needs.ts';
import { parseMultipartRelated } from './parse-multipart-related.ts';
import { callerOf, parseRequest, type Request } from './request.ts';
import { type Handle, serve } from './serve.ts';

type RelatedOperation = Operation & { related: Related };

/** A request whose body is `multipart/related`. */
export type MultipartRequest<Op extends RelatedOperation> = Request<Op> & { parts: readonly Uint8Array[] };

/** The Lambda of an operation that accepts several files of one type in a `multipart/related` body. */
export const serveMultipart = <Op extends RelatedOperation, Deps>(
  operation: Op,
  handle: (request: MultipartRequest<Op>, deps: Deps) => ReturnType<Handle<Op, Deps>>,
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>,
) =>
  serve(
    operation,
    (request, deps: Deps) => handle(request as MultipartRequest<Op>, deps),
    needs,
    (_operation, event) => {
      // Checks access before the body is parsed.
      if (operation.auth !== 'public') callerOf(event, operation);
      return { ...parseRequest(operation, event), parts: parseMultipartRelated(event, operation.related) };
    },
  );
