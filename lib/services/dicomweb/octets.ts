import { Readable } from 'node:stream';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { multipartRelated } from '../../lambda/http/multipart-related.ts';
import { IMMUTABLE_CACHE } from './dicom-files.ts';
import { requireStreamable } from './response-size.ts';

export const OCTETS = 'application/octet-stream';

/**
 * Responds with bulk data: in parts of one type or, without a type, as one sequence of bytes.
 *
 * @throws DomainError as `requireStreamable` does
 */
export function octetsResponse(contents: readonly Uint8Array[], part: string | undefined, name: string) {
  const parts = contents.map(({ length }) => ({ contentType: part ?? OCTETS, bytes: length }));
  requireStreamable(parts);
  if (part) {
    const { headers, body } = multipartRelated(part, parts, Readable.from(contents));
    return { headers: { ...headers, ...IMMUTABLE_CACHE }, body };
  }
  return {
    headers: {
      'content-type': OCTETS,
      'content-length': String(parts.reduce((sum, { bytes }) => sum + bytes, 0)),
      'content-disposition': contentDisposition('attachment', name),
      ...IMMUTABLE_CACHE,
    },
    body: Readable.from(contents, { objectMode: false }),
  };
}
