import type { ImageDecisions } from '../../data/images/image-decisions.ts';
import type { Image } from '../../domain/images/image.ts';
import { outOfBounds } from '../../domain/images/image-bounds.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { sniffImageFormat } from '../../media/formats/image-format.ts';
import { makeRenditions } from '../../media/image/renditions.ts';
import { DecoderNotStarted } from '../../media/process/decode-in-child.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { allKeysOf, originalKey, renditionKey } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';
import { publishDecision } from '../uploads/publish-decision.ts';
import { rejectImage } from './reject-image.ts';

export interface ProcessDeps {
  imageDecisions: Pick<ImageDecisions, 'markReady' | 'markRejected'>;
  bucket: Pick<Objects, 'readTagged' | 'write' | 'copy' | 'delete'>;
  limits: Limits;
  now: () => Date;
}

/**
 * Processes the uploaded bytes of a pending image: writes its original and renditions and marks it ready, or rejects it.
 *
 * @param scannedEtag the entity tag of the only bytes that may be processed; any if undefined
 * @returns false if the bytes or the image no longer exist
 */
export async function processImage(
  key: string,
  image: Image,
  { imageDecisions, bucket, limits, now }: ProcessDeps,
  scannedEtag?: string,
): Promise<boolean> {
  const uploaded = await bucket.readTagged(key, scannedEtag);
  if (!uploaded) return false;
  const { bytes, etag, modifiedAt } = uploaded;
  const picture = await inspect(bytes, image, limits);
  if (picture instanceof RejectedImage) return rejectImage(image, picture.reason, { imageDecisions, now });

  const { renditions, extension: _extension, capturedLocal, captureOffset, ...found } = picture;
  const original = originalKey(image, found.mimeType);
  const written = await Promise.allSettled([
    // If other bytes have replaced the inspected ones, this fails, and the next attempt inspects those.
    bucket.copy(key, etag, original, found.mimeType),
    ...renditions.map((each) => bucket.write(renditionKey(original, each.name), each.bytes, each.mimeType)),
  ]);
  // Waits for all writes: one that is still running could end after the clean-up of an image deleted meanwhile.
  for (const each of written) if (each.status === 'rejected') throw each.reason;
  const transition = await imageDecisions.markReady(
    image,
    {
      ...found,
      key: original,
      fileSize: bytes.length,
      crc32: base64Crc32(bytes),
      // A person knows better than a camera, whose clock may be wrong.
      ...(image.capturedLocal === undefined && { capturedLocal, captureOffset }),
      thumbnailBytes: renditions.find(({ name }) => name === 'thumbnail')?.bytes.length,
      hasPreview: renditions.some(({ name }) => name === 'preview'),
    },
    now(),
  );
  if (transition === 'done') publishDecision({ status: 'ready', arrivedAt: modifiedAt }, now());
  // The image was deleted meanwhile, so the objects that were just written belong to no image.
  if (transition === 'gone') await bucket.delete(allKeysOf(image));
  return transition !== 'gone';
}

async function inspect(bytes: Uint8Array, image: Image, { imageBytes, imagePixels, acceptHeic }: Limits) {
  // S3 itself enforces the signed size of uploads; this check is for stores that do not.
  if (bytes.length > imageBytes) return new RejectedImage(`The file is larger than ${imageBytes} bytes.`);
  if (image.crc32 && image.crc32 !== base64Crc32(bytes))
    return new RejectedImage('The file is not the one that was announced: its checksum is another.');
  if (bytes.length !== image.fileSize)
    return new RejectedImage(`The file has ${bytes.length} bytes; ${image.fileSize} were announced.`);
  if (!acceptHeic && sniffImageFormat(bytes)?.format === 'heic')
    return new RejectedImage('This is a HEIC file, which is not accepted here. Please save it as JPEG.');
  try {
    const picture = await makeRenditions(bytes, { pixels: imagePixels });
    const fault = image.bounds && outOfBounds(image.bounds, picture);
    return fault === undefined ? picture : new RejectedImage(fault);
  } catch (error) {
    if (error instanceof RejectedImage) return error;
    if (error instanceof DecoderNotStarted) throw error;
    throw new PermanentFailure('The image can not be processed', { cause: error });
  }
}
