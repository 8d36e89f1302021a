import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import { chooseOffer } from '../../../lib/lambda/http/content-negotiation.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { encapsulatedDocument } from '../../../lib/media/dicom/parse/encapsulated-document.ts';
import { type FileDeps, openFile } from '../../../lib/services/dicomweb/dicom-files.ts';
import { instanceAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { documentResponse, mayBeDocument } from '../../../lib/services/dicomweb/encapsulated.ts';
import { renderedResponse } from '../../../lib/services/dicomweb/rendered.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const { viewport, window, quality } = request.query;
  const instance = await instanceAt(caller, params, deps.dicomStore);
  const file = mayBeDocument(instance) ? await openFile(instance, deps) : undefined;
  const document = file && encapsulatedDocument(file.dataSet);
  if (document) {
    chooseOffer(request, [{ type: document.mimeType }]);
    return documentResponse(document, instance);
  }
  const options = { quality, ...(viewport && { viewport }), ...(window && { window }) };
  return renderedResponse(request, instance, params.frames ?? 1, options, deps);
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
