import { Readable } from 'node:stream';
import type { Caller } from '../../domain/access/caller.ts';
import type { ReadyImage } from '../../domain/images/image.ts';
import { thumbnailCopyOf } from '../../domain/images/image-copy.ts';
import { renditionKey } from '../../storage/object-keys.ts';
import { type CopyDeps, readCopy } from './image-copies.ts';

/** Opens the PNG thumbnail of an image: a rendition, or a copy if the image has edits. The caller must be allowed to see the image. */
export async function readThumbnail(
  image: ReadyImage,
  caller: Caller,
  deps: CopyDeps,
): Promise<{ body: Readable; bytes: number }> {
  const copy = thumbnailCopyOf(image);
  if (copy) {
    const bytes = await readCopy(image, copy, caller, deps);
    return { body: Readable.from([bytes]), bytes: bytes.length };
  }
  const body = await deps.objects.read(renditionKey(image.key, 'png'));
  return { body, bytes: Number(body.headers['content-length']) };
}
