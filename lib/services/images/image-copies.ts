import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Images } from '../../data/images/images.ts';
import { requireVisible } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { DomainError } from '../../domain/errors.ts';
import { copyFileName } from '../../domain/file-name.ts';
import { type ReadyImage, requireReady } from '../../domain/images/image.ts';
import { type Copy, type CopyQuery, copyOf } from '../../domain/images/image-copy.ts';
import { isNotModified, rangeResponse } from '../../lambda/http/byte-range.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { copyKey } from '../../storage/object-keys.ts';
import { type SignedObjects, VARIANT_HEADER } from '../../storage/signed-objects.ts';
import { drawCopy, sourceOfCopy } from './draw-copy.ts';

interface CopyRequest {
  caller: Caller;
  params: { id: string };
  query: CopyQuery;
  headers: Readonly<Record<string, string | undefined>>;
}

/** What reads a copy, and makes one that is not there. */
export interface CopyDeps {
  images: Pick<Images, 'get'>;
  objects: Pick<SignedObjects, 'read' | 'find' | 'replace' | 'delete'>;
  /** Counts a new copy against the caller's rate limit: each takes seconds of computation. */
  countRequest: (caller: Caller) => Promise<unknown>;
}

/** Part of the cache key: increase it when the same query gives other bytes, so that old copies are not used. */
const VERSION = 2;

/**
 * Responds with a re-encoded copy of an image: the cached one or a new one.
 *
 * It is small, so it is held in memory and not streamed: it is complete before the first byte is sent.
 */
export async function serveCopy(request: CopyRequest, caching: Record<string, string>, deps: CopyDeps) {
  const { caller, params, query, headers } = request;
  const image = requireReady(requireVisible(caller, await deps.images.get(params.id), 'image'));
  const copy = copyOf(image, query);
  const variant = variantOf(copy);
  const etag = `"${image.id}-${variant}"`;
  const bytes = isNotModified(headers, etag) ? Buffer.alloc(0) : await readCopy(image, copy, caller, deps);
  const { range = { first: 0, last: bytes.length - 1 }, ...answer } = rangeResponse(headers, {
    bytes: bytes.length,
    etag,
  });
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      'content-type': `image/${copy.format}`,
      'content-disposition': contentDisposition('inline', copyFileName(image.fileName, copy)),
      ...caching,
    },
    body: answer.status === 304 ? '' : Readable.from([bytes.subarray(range.first, range.last + 1)]),
  };
}

const variantOf = ({ format, width, maxHeight, page, quality, watermark, edit }: Copy): string =>
  createHash('sha256')
    .update(JSON.stringify([VERSION, format, width, maxHeight, page, quality, watermark, edit]))
    .digest('hex')
    .slice(0, 32);

/** Returns the bytes of a copy: the cached one or a new one. The caller must be allowed to see the image. */
export async function readCopy(
  image: ReadyImage,
  copy: Copy,
  caller: Caller,
  deps: CopyDeps,
): Promise<Buffer> {
  const variant = variantOf(copy);
  return (await findCopy(image, variant, deps)) ?? (await createCopy(image, copy, variant, caller, deps));
}

/** Returns the cached copy, or undefined if it does not exist or was replaced by another one. */
async function findCopy(image: ReadyImage, variant: string, { objects }: CopyDeps) {
  const found = await objects.find(copyKey(image.key, variant));
  if (found?.headers[VARIANT_HEADER] === variant) return buffer(found);
  found?.destroy();
  return undefined;
}

async function createCopy(
  image: ReadyImage,
  copy: Copy,
  variant: string,
  caller: Caller,
  { images, objects, countRequest }: CopyDeps,
) {
  await countRequest(caller);
  const source = await buffer(await objects.read(sourceOfCopy(image, copy)));
  const bytes = await drawCopy(source, copy).catch((cause) => {
    if (!(cause instanceof RejectedImage)) throw cause;
    const details = [cause.reason];
    throw new DomainError('NOT_FOUND', 'There is no such copy of this image.', { details, cause });
  });
  const key = copyKey(image.key, variant);
  await objects.replace(key, { bytes, mimeType: `image/${copy.format}`, variant });
  // The image was deleted meanwhile, and its objects may have been deleted before this one was written.
  if (!(await images.get(image.id))) {
    await objects.delete(key);
    requireVisible(caller, undefined, 'image');
  }
  return bytes;
}
