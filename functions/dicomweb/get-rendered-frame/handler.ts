import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connectFiles, type FileDeps } from '../files.ts';
import { answerRendered } from '../rendered.ts';
import { instanceAt } from '../things.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const { viewport, window, quality } = request.query;
  const instance = await instanceAt(caller, params, deps.dicom);
  const options = { quality, ...(viewport && { viewport }), ...(window && { window }) };
  return answerRendered(request, instance, params.frames ?? 1, options, deps);
}

export const handler = serveStream(operation, handle, connectFiles);
