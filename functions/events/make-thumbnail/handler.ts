import { isUndecided } from '../../../lib/domain/images/image-status.ts';
import { auditLog, bucket, deletedImages, images, limits, now } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type ProcessDeps, processImage } from '../../../lib/services/images/process-image.ts';
import { allKeysOf, imageIdOfIncoming } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

export type Deps = ProcessDeps & Needs<{ images: 'get'; deletedImages: 'get'; auditLog: 'appendDecision' }>;

/** Idempotent by the image's state: a repeated or late event, or one for a deleted image, changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { images, deletedImages, bucket, auditLog, now } = deps;
  const id = imageIdOfIncoming(key);
  const image = await images.get(id);
  if (!image) {
    // The objects of a deleted image stay until it can no longer be restored.
    if (!(await deletedImages.get(id, now()))) await bucket.delete(allKeysOf({ id }));
    return;
  }
  // Also if the image was decided before: that invocation may have ended before it wrote the audit event.
  if (!isUndecided(image) || (await processImage(key, image, deps))) {
    await auditLog.appendDecision(trigger.id, image, now());
  }
}

/** The dependencies both for S3's events and for clients that complete an upload. */
export const needs = { images, deletedImages, bucket, auditLog, limits, now };

export const handler = serveObjects(trigger, handle, needs);
