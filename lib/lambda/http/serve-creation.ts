import type { Operation } from '../../api/operation.ts';
import type { LookupFor } from '../auth/require-live-key.ts';
import { idempotency } from '../middleware/idempotency.ts';
import type { Factories } from '../needs.ts';
import { parseRequest } from './request.ts';
import { type Handle, serve } from './serve.ts';

/** The Lambda of an operation that creates what its JSON body describes, once for each `Idempotency-Key`. */
export const serveCreation = <Op extends Operation, Deps>(
  operation: Op,
  handle: Handle<Op, Deps>,
  needs: Factories<NoInfer<Deps> & LookupFor<Op>>,
) => serve(operation, handle, needs, parseRequest, idempotency(operation));
