import { auditLog, bucket, images, limits, now } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type DecideDeps, decideImage } from '../../../lib/services/images/decide-image.ts';
import { allKeysOf, imageIdOfIncoming } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

export type Deps = DecideDeps & Needs<{ images: 'get'; auditLog: 'appendDecision' }>;

/** Idempotent by the image's state: an event that comes again, late or for what is gone changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { images, bucket, auditLog, now } = deps;
  const image = await images.get(imageIdOfIncoming(key));
  if (!image) return bucket.delete(allKeysOf(key));
  // Also when it was decided before: whoever did may have died before writing it down.
  if (image.status !== 'pending' || (await decideImage(key, image, deps))) {
    await auditLog.appendDecision(trigger.id, image, now());
  }
}

/** The same for what an event or a client says is there. */
export const needs = { images, bucket, auditLog, limits, now };

export const handler = serveObjects(trigger, handle, needs);
