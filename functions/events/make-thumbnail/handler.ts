import { auditLog, bucket, images, limits, now } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type ProcessDeps, processImage } from '../../../lib/services/images/process-image.ts';
import { allKeysOf, imageIdOfIncoming } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

export type Deps = ProcessDeps & Needs<{ images: 'get'; auditLog: 'appendDecision' }>;

/** Idempotent by the image's state: a repeated or late event, or one for a deleted image, changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { images, bucket, auditLog, now } = deps;
  const image = await images.get(imageIdOfIncoming(key));
  if (!image) return bucket.delete(allKeysOf(key));
  // Also if the image was decided before: that invocation may have ended before it wrote the audit event.
  if (image.status !== 'pending' || (await processImage(key, image, deps))) {
    await auditLog.appendDecision(trigger.id, image, now());
  }
}

/** The dependencies both for S3's events and for clients that complete an upload. */
export const needs = { images, bucket, auditLog, limits, now };

export const handler = serveObjects(trigger, handle, needs);
