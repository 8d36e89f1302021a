import type { DicomPath } from '../../../lib/api/dicomweb.ts';
import type { Caller } from '../../../lib/domain/access/caller.ts';
import type { DicomInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { dicomStore, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { encapsulatedDocument } from '../../../lib/media/dicom/parse/encapsulated-document.ts';
import { type FileDeps, openFile } from '../../../lib/services/dicomweb/dicom-files.ts';
import {
  type DicomResources,
  instanceAt,
  instancesOf,
  seriesAt,
} from '../../../lib/services/dicomweb/dicom-resources.ts';
import { answerFirstPage } from '../../../lib/services/dicomweb/document-picture.ts';
import { mayBeDocument } from '../../../lib/services/dicomweb/encapsulated.ts';
import { renderedResponse } from '../../../lib/services/dicomweb/rendered.ts';
import { operation } from './operation.ts';

/** Encapsulated PDF Storage (PS3.4, B.5). */
const isEncapsulatedPdf = ({ sopClassUid }: DicomInstance) => sopClassUid === '1.2.840.10008.5.1.4.1.1.104.1';

const SIDE = { columns: 256, rows: 256 };

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params, query } = request;
  const instance = await representativeOf(caller, params, deps.dicomStore);
  const size = { viewport: query.viewport ?? SIDE, enlarge: false };
  const file = mayBeDocument(instance) ? await openFile(instance, deps) : undefined;
  const document = file && encapsulatedDocument(file.dataSet);
  if (document?.mimeType === 'application/pdf') return answerFirstPage(request, instance, document, size);
  // Of a film the first frame is often black.
  const frame = Math.ceil(instance.frames / 2);
  return renderedResponse(request, instance, frame, size, deps);
}

/** The instance itself; of a series the middle one of those with a picture, and of a study that of its first series. */
async function representativeOf(
  caller: Caller,
  path: DicomPath,
  dicom: DicomResources,
): Promise<DicomInstance> {
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

export const handler = serveStream(operation, handle, { dicomStore, objects });
