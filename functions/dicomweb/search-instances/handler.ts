import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { connectSearch, type SearchDeps, searchResponse } from '../../../lib/services/dicomweb/search.ts';
import { operation } from './operation.ts';

export const handle = (request: Request<typeof operation>, deps: SearchDeps) =>
  searchResponse('instance', request, deps);

export const handler = serveStream(operation, handle, connectSearch);
