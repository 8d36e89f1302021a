import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { encapsulatedDocument } from '../../../lib/media/dicom/parse/encapsulated-document.ts';
import { type FileDeps, openFile } from '../../../lib/services/dicomweb/dicom-files.ts';
import { answerFirstPage } from '../../../lib/services/dicomweb/document-picture.ts';
import { mayBeDocument } from '../../../lib/services/dicomweb/encapsulated.ts';
import { renderedResponse } from '../../../lib/services/dicomweb/rendered.ts';
import { representativeAt } from '../../../lib/services/dicomweb/representative.ts';
import { operation } from './operation.ts';

const SIDE = { columns: 256, rows: 256 };

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params, query } = request;
  const instance = await representativeAt(caller, params, deps.dicomStore);
  const size = { viewport: query.viewport ?? SIDE, enlarge: false };
  const file = mayBeDocument(instance) ? await openFile(instance, deps) : undefined;
  const document = file && encapsulatedDocument(file.dataSet);
  if (document?.mimeType === 'application/pdf')
    return answerFirstPage(request, instance, document, size, deps);
  // The first frame of a multi-frame image is often black.
  const frame = params.frames ?? Math.ceil(instance.frames / 2);
  return renderedResponse(request, instance, frame, size, deps);
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
