import { DomainError } from '../../../lib/domain/errors.ts';
import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import { chooseOffer, type Offer } from '../../../lib/lambda/http/content-negotiation.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { readBulkData } from '../../../lib/media/dicom/parse/bulk-data.ts';
import {
  ENCAPSULATED_DOCUMENT,
  encapsulatedDocument,
} from '../../../lib/media/dicom/parse/encapsulated-document.ts';
import { type FileDeps, openFile, requirePixels } from '../../../lib/services/dicomweb/dicom-files.ts';
import { instanceAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { documentResponse } from '../../../lib/services/dicomweb/encapsulated.ts';
import { framesResponse } from '../../../lib/services/dicomweb/frames.ts';
import { OCTETS, octetsResponse } from '../../../lib/services/dicomweb/octets.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const instance = await instanceAt(caller, params, deps.dicomStore);
  const file = await openFile(instance, deps);
  const found = readBulkData(file.dataSet, params.path.replaceAll('.', '/'));
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such bulk data.');
  if (found.element.fragments) {
    // Compressed pixels can be read only as frames (PS3.18 10.4.1.1.5).
    const pixels = requirePixels(file);
    return framesResponse(request, file, pixels, [...Array(pixels.frames).keys()], deps);
  }
  const encapsulated = params.path === ENCAPSULATED_DOCUMENT ? encapsulatedDocument(file.dataSet) : undefined;
  const types = [OCTETS, ...(encapsulated ? [encapsulated.mimeType] : [])];
  const offers = types.flatMap((each) => [{ type: 'multipart/related', part: each }, { type: each }]);
  const { type, part } = chooseOffer<Offer>(request, offers);
  if (encapsulated && type === encapsulated.mimeType) return documentResponse(encapsulated, instance);
  const contents = encapsulated && part === encapsulated.mimeType ? [encapsulated.bytes] : found.parts;
  return octetsResponse(contents, part, params.path);
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
