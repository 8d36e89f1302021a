import type { Caller } from '../../../lib/domain/caller.ts';
import type { DicomInstance } from '../../../lib/domain/dicom-instance.ts';
import type { DicomPath } from '../../../lib/domain/dicom-web.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { encapsulatedDocument } from '../../../lib/media/dicom/encapsulated-document.ts';
import { answerFirstPage } from '../document-picture.ts';
import { mayBeDocument } from '../encapsulated.ts';
import { connectFiles, type FileDeps, openFile } from '../files.ts';
import { answerRendered } from '../rendered.ts';
import { instanceAt, instancesOf, seriesAt, type Things } from '../things.ts';
import { operation } from './operation.ts';

/** Encapsulated PDF Storage (PS3.4, B.5). */
const isEncapsulatedPdf = ({ sopClassUid }: DicomInstance) => sopClassUid === '1.2.840.10008.5.1.4.1.1.104.1';

const SIDE = { columns: 256, rows: 256 };

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params, query } = request;
  const instance = await representativeOf(caller, params, deps.dicom);
  const size = { viewport: query.viewport ?? SIDE, enlarge: false };
  const file = mayBeDocument(instance) ? await openFile(instance, deps) : undefined;
  const document = file && encapsulatedDocument(file.dataSet);
  if (document?.mimeType === 'application/pdf') return answerFirstPage(request, instance, document, size);
  // Of a film the first frame is often black.
  const frame = Math.ceil(instance.frames / 2);
  return answerRendered(request, instance, frame, size, deps);
}

/** The instance itself; of a series the middle one of those with a picture, and of a study that of its first series. */
async function representativeOf(caller: Caller, path: DicomPath, dicom: Things): Promise<DicomInstance> {
  if (path.instance !== undefined) return instanceAt(caller, path, dicom);
  for (const found of await seriesAt(caller, path, dicom)) {
    const instances = await instancesOf(found, dicom);
    const pictures = instances.filter(({ rows }) => rows !== undefined);
    const middle = pictures[Math.floor(pictures.length / 2)] ?? instances.find(isEncapsulatedPdf);
    if (middle) return middle;
  }
  throw new DomainError('NOT_FOUND', 'There is no picture of this.', {
    details: ['no instance in it has an image'],
  });
}

export const handler = serveStream(operation, handle, connectFiles);
