import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connectSearch, type SearchDeps, searchFor } from '../search.ts';
import { operation } from './operation.ts';

export const handle = (request: Request<typeof operation>, deps: SearchDeps) =>
  searchFor('study', request, deps);

export const handler = serveStream(operation, handle, connectSearch);
