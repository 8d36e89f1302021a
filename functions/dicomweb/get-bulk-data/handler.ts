import { Readable } from 'node:stream';
import { chooseOffer, type Offer } from '../../../lib/domain/accept.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { multipartRelated } from '../../../lib/http/multipart-related.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { readBulkData } from '../../../lib/media/dicom/bulk-data.ts';
import {
  ENCAPSULATED_DOCUMENT,
  encapsulatedDocument,
} from '../../../lib/media/dicom/encapsulated-document.ts';
import { answerDocument } from '../encapsulated.ts';
import { connectFiles, type FileDeps, KEPT, openFile } from '../files.ts';
import { answerFrames } from '../frames.ts';
import { pixelsOf } from '../pixels-of.ts';
import { requireStreamable } from '../streamable.ts';
import { instanceAt } from '../things.ts';
import { operation } from './operation.ts';

const OCTETS = 'application/octet-stream';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const instance = await instanceAt(caller, params, deps.dicom);
  const file = await openFile(instance, deps);
  const found = readBulkData(file.dataSet, params.path.replaceAll('.', '/'));
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such bulk data.');
  if (found.element.fragments) {
    // Of compressed pixels, what can be read is their frames (PS3.18 10.4.1.1.5).
    const pixels = pixelsOf(file);
    return answerFrames(request, file, pixels, [...Array(pixels.frames).keys()]);
  }
  const encapsulated = params.path === ENCAPSULATED_DOCUMENT ? encapsulatedDocument(file.dataSet) : undefined;
  const types = [OCTETS, ...(encapsulated ? [encapsulated.mimeType] : [])];
  const offers = types.flatMap((each) => [{ type: 'multipart/related', part: each }, { type: each }]);
  const { type, part } = chooseOffer<Offer>(request, offers);
  if (encapsulated && type === encapsulated.mimeType) return answerDocument(encapsulated, instance);
  const contents = encapsulated && part === encapsulated.mimeType ? [encapsulated.bytes] : found.parts;
  const parts = contents.map(({ length }) => ({ contentType: part ?? OCTETS, bytes: length }));
  requireStreamable(parts);
  if (part) {
    const { headers, body } = multipartRelated(part, parts, Readable.from(contents));
    return { headers: { ...headers, ...KEPT }, body };
  }
  return {
    headers: {
      'content-type': OCTETS,
      'content-length': String(parts.reduce((sum, { bytes }) => sum + bytes, 0)),
      'content-disposition': disposition('attachment', params.path),
      ...KEPT,
    },
    body: Readable.from(found.parts, { objectMode: false }),
  };
}

export const handler = serveStream(operation, handle, connectFiles);
