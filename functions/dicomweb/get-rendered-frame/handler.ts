import { chooseOffer } from '../../../lib/domain/accept.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { encapsulatedDocument } from '../../../lib/media/dicom/encapsulated-document.ts';
import { answerDocument, mayBeDocument } from '../encapsulated.ts';
import { connectFiles, type FileDeps, openFile } from '../files.ts';
import { answerRendered } from '../rendered.ts';
import { instanceAt } from '../things.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const { viewport, window, quality } = request.query;
  const instance = await instanceAt(caller, params, deps.dicom);
  const file = mayBeDocument(instance) ? await openFile(instance, deps) : undefined;
  const document = file && encapsulatedDocument(file.dataSet);
  if (document) {
    chooseOffer(request, [{ type: document.mimeType }]);
    return answerDocument(document, instance);
  }
  const options = { quality, ...(viewport && { viewport }), ...(window && { window }) };
  return answerRendered(request, instance, params.frames ?? 1, options, deps);
}

export const handler = serveStream(operation, handle, connectFiles);
