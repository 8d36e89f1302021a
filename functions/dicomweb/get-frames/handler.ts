import { DomainError } from '../../../lib/domain/errors.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connectFiles, type FileDeps, openFile } from '../files.ts';
import { answerFrames } from '../frames.ts';
import { pixelsOf } from '../pixels-of.ts';
import { instanceAt } from '../things.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const instance = await instanceAt(caller, params, deps.dicom);
  const file = await openFile(instance, deps);
  const pixels = pixelsOf(file);
  const missing = params.frames.filter((frame) => frame > pixels.frames);
  if (missing.length > 0) {
    throw new DomainError('NOT_FOUND', 'There is no such frame.', {
      details: [`frames must be 1 to ${pixels.frames}; received ${missing.join(', ')}`],
    });
  }
  return answerFrames(
    request,
    file,
    pixels,
    params.frames.map((frame) => frame - 1),
  );
}

export const handler = serveStream(operation, handle, connectFiles);
