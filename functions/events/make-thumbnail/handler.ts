import { AuditLog } from '../../../lib/data/audit-log.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import type { Image } from '../../../lib/domain/images/image.ts';
import { outOfBounds } from '../../../lib/domain/images/image-bounds.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { isAcceptedType } from '../../../lib/domain/uploads/upload.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { allKeysOf, imageIdOfIncoming, originalKey, renditionKey } from '../../../lib/storage/object-keys.ts';
import { Objects } from '../../../lib/storage/objects.ts';
import { trigger } from './trigger.ts';

export interface Deps {
  images: Pick<Images, 'get' | 'markReady' | 'markRejected'>;
  objects: Pick<Objects, 'read' | 'write' | 'copy' | 'delete'>;
  log: Pick<AuditLog, 'appendDecision'>;
  limits: Limits;
  now: () => Date;
}

/** Idempotent by the image's state: an event that comes again, late or for what is gone changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { images, objects, log, now } = deps;
  const image = await images.get(imageIdOfIncoming(key));
  if (!image) return objects.delete(allKeysOf(key));
  // Also when it was decided before: whoever did may have died before writing it down.
  if (image.status !== 'pending' || (await decide(key, image, deps))) {
    await log.appendDecision(trigger.id, image, now());
  }
}

/** Whether the pending image is decided now; it is not where its bytes or the image itself are gone. */
async function decide(key: string, image: Image, { images, objects, limits, now }: Deps): Promise<boolean> {
  const bytes = await objects.read(key);
  if (!bytes) return false;
  const picture = await inspect(bytes, image, limits);
  if (picture instanceof RejectedImage) {
    return (await images.markRejected(image, picture.reason, now())) !== 'gone';
  }

  const { renditions, extension: _extension, capturedAt, ...found } = picture;
  const original = originalKey(image, found.mimeType);
  const written = await Promise.allSettled([
    objects.copy(key, original, found.mimeType),
    ...renditions.map((each) => objects.write(renditionKey(original, each.name), each.bytes, each.mimeType)),
  ]);
  // Not before all have ended: what is still on its way would come after the clean-up of an image deleted meanwhile.
  for (const each of written) if (each.status === 'rejected') throw each.reason;
  const transition = await images.markReady(
    image,
    {
      ...found,
      key: original,
      fileSize: bytes.length,
      crc32: base64Crc32(bytes),
      capturedAt: image.capturedAt ?? capturedAt,
      thumbnailBytes: renditions.find(({ name }) => name === 'thumbnail')?.bytes.length,
      hasPreview: renditions.some(({ name }) => name === 'preview'),
    },
    now(),
  );
  // Deleted while we worked: what was just written is nobody's any more.
  if (transition === 'gone') await objects.delete(allKeysOf(key));
  return transition !== 'gone';
}

async function inspect(bytes: Uint8Array, image: Image, { imageBytes, imagePixels }: Limits) {
  // S3 itself holds uploads to the signed size; this is for stores that do not.
  if (bytes.length > imageBytes) return new RejectedImage(`The file is larger than ${imageBytes} bytes.`);
  if (image.crc32 && image.crc32 !== base64Crc32(bytes))
    return new RejectedImage('The file is not the one that was announced: its checksum is another.');
  if (bytes.length !== image.fileSize)
    return new RejectedImage(`The file has ${bytes.length} bytes; ${image.fileSize} were announced.`);
  try {
    const picture = await makeRenditions(bytes, { pixels: imagePixels });
    const fault = image.bounds && outOfBounds(image.bounds, picture);
    if (fault !== undefined) return new RejectedImage(fault);
    if (isAcceptedType(picture.mimeType, image.mimeType)) return picture;
    return new RejectedImage(`This file was announced as ${image.mimeType}, and is ${picture.mimeType}.`);
  } catch (error) {
    if (error instanceof RejectedImage) return error;
    throw error;
  }
}

export const connect = (): Deps => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new Objects(environment.bucketName),
  log: new AuditLog(connectTable(environment.auditTableName)),
  limits: environment.limits,
  now: () => new Date(),
});

export const handler = serveObjects(trigger, handle, connect);
