import type { Caller } from '../../../lib/domain/caller.ts';
import type { DicomInstance } from '../../../lib/domain/dicom-instance.ts';
import type { DicomPath } from '../../../lib/domain/dicom-web.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connectFiles, type FileDeps } from '../files.ts';
import { answerRendered } from '../rendered.ts';
import { instanceAt, instancesOf, seriesAt, type Things } from '../things.ts';
import { operation } from './operation.ts';

const SIDE = { columns: 256, rows: 256 };

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params, query } = request;
  const instance = await representativeOf(caller, params, deps.dicom);
  // Of a film the first frame is often black.
  const frame = Math.ceil(instance.frames / 2);
  return answerRendered(request, instance, frame, { viewport: query.viewport ?? SIDE, enlarge: false }, deps);
}

/** The instance itself; of a series the middle one of those with a picture, and of a study that of its first series. */
async function representativeOf(caller: Caller, path: DicomPath, dicom: Things): Promise<DicomInstance> {
  if (path.instance !== undefined) return instanceAt(caller, path, dicom);
  for (const found of await seriesAt(caller, path, dicom)) {
    const pictures = (await instancesOf(found, dicom)).filter(({ rows }) => rows !== undefined);
    const middle = pictures[Math.floor(pictures.length / 2)];
    if (middle) return middle;
  }
  throw new DomainError('NOT_FOUND', 'There is no picture of this.', {
    details: ['no instance in it has an image'],
  });
}

export const handler = serveStream(operation, handle, connectFiles);
