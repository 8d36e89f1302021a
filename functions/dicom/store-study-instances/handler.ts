import { type RelatedRequest, serveRelated } from '../../../lib/http/serve-related.ts';
import { storeAll } from '../store-all.ts';
import { connectTake, type TakeDeps } from '../take.ts';
import { operation } from './operation.ts';

export const handle = (request: RelatedRequest<typeof operation>, deps: TakeDeps) =>
  storeAll(request, deps, request.params.study);

export const handler = serveRelated(operation, handle, connectTake);
