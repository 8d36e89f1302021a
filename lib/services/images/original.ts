import type { Images } from '../../data/images/images.ts';
import { requireVisible } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { outgoingFileName } from '../../domain/file-name.ts';
import { isActive, type ReadyImage, requireReady } from '../../domain/images/image.ts';
import { rangeResponse } from '../../lambda/http/byte-range.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';

/** Options of a response with an original. */
export interface Original {
  /** The request headers: `Range`, `If-Range` and `If-None-Match` are used. */
  headers: Readonly<Record<string, string | undefined>>;
  objects: Pick<SignedObjects, 'read'>;
  /** Files with active content (PDF) are always sent as attachments. */
  show: 'inline' | 'attachment';
  /** The cache headers of the response. */
  caching: Readonly<Record<string, string>>;
}

/**
 * Responds with the original bytes of an image, or with the requested range, as a stream.
 *
 * S3's own response has arrived before ours begins: an original that is missing, or has another length, is an error.
 *
 * @throws DomainError RANGE_NOT_SATISFIABLE
 */
export async function originalResponse(image: ReadyImage, { headers, objects, show, caching }: Original) {
  // An original never changes, so the image's id is a strong entity tag.
  const answer = rangeResponse(headers, { bytes: image.fileSize, etag: `"${image.id}"` });
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      'content-type': image.mimeType,
      'content-disposition': contentDisposition(
        isActive(image) ? 'attachment' : show,
        outgoingFileName(image),
      ),
      ...caching,
    },
    body: answer.status === 304 ? '' : await objects.read(image.key, answer.range, image.fileSize),
  };
}

interface OriginalRequest {
  caller: Caller;
  params: { id: string };
  headers: Original['headers'];
}

interface Deps {
  images: Pick<Images, 'get'>;
  objects: Pick<SignedObjects, 'read'>;
}

/** The handler of every endpoint that serves originals; they differ in disposition and caching. */
export const serveOriginal =
  (options: Pick<Original, 'show' | 'caching'>) =>
  async ({ caller, params, headers }: OriginalRequest, { images, objects }: Deps) => {
    const image = requireReady(requireVisible(caller, await images.get(params.id), 'image'));
    return originalResponse(image, { headers, objects, ...options });
  };
