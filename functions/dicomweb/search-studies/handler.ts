import { dicomSearch, dicomStore, keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { type SearchDeps, searchResponse } from '../../../lib/services/dicomweb/search.ts';
import { operation } from './operation.ts';

export const handle = (request: Request<typeof operation>, deps: SearchDeps) =>
  searchResponse('study', request, deps);

export const handler = serveStream(operation, handle, { keys, dicomSearch, dicomStore });
