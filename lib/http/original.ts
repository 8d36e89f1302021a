import { outgoingFileName } from '../domain/file-name.ts';
import { isActive, type ReadyImage } from '../domain/image.ts';
import type { ObjectReader } from '../storage/object-reader.ts';
import { answerRange } from './byte-range.ts';
import { disposition } from './disposition.ts';

/** How an original is asked for, and what is said of it. */
export interface Original {
  /** As the client sent them: `Range`, `If-Range` and `If-None-Match` count. */
  headers: Readonly<Record<string, string | undefined>>;
  objects: Pick<ObjectReader, 'read'>;
  /** What is active is never shown in place. */
  show: 'inline' | 'attachment';
  /** What caches are told. */
  caching: Readonly<Record<string, string>>;
}

/**
 * The original bytes of an image, or the range of them that is asked for, as a stream.
 *
 * @throws DomainError RANGE_NOT_SATISFIABLE
 */
export async function originalOf(image: ReadyImage, { headers, objects, show, caching }: Original) {
  // An original never changes, so that its id says all that an entity tag has to say.
  const answer = answerRange(headers, { bytes: image.fileSize, etag: `"${image.id}"` });
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      'content-type': image.mimeType,
      'content-disposition': disposition(isActive(image) ? 'attachment' : show, outgoingFileName(image)),
      ...caching,
    },
    body: answer.status === 304 ? '' : await objects.read(image.key, answer.range),
  };
}
