import { DomainError } from '../../../lib/domain/errors.ts';
import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { type FileDeps, openFile, requirePixels } from '../../../lib/services/dicomweb/dicom-files.ts';
import { instanceAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { framesResponse } from '../../../lib/services/dicomweb/frames.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const instance = await instanceAt(caller, params, deps.dicomStore);
  const file = await openFile(instance, deps);
  const pixels = requirePixels(file);
  const missing = params.frames.filter((frame) => frame > pixels.frames);
  if (missing.length > 0) {
    throw new DomainError('NOT_FOUND', 'There is no such frame.', {
      details: [`frames must be 1 to ${pixels.frames}; received ${missing.join(', ')}`],
    });
  }
  return framesResponse(
    request,
    file,
    pixels,
    params.frames.map((frame) => frame - 1),
    deps,
  );
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
