import { isUndecided } from '../../../lib/domain/images/image-status.ts';
import { forImageChecks } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Turns } from '../../../lib/lambda/events/turns.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type CheckDeps, checkImage } from '../../../lib/services/images/check-image.ts';
import { type DiscardDeps, discardUpload } from '../../../lib/services/images/discard-upload.ts';
import { imageIdOfIncoming } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

export type Deps = CheckDeps & DiscardDeps & Needs<{ images: 'get'; auditLog: 'appendDecision' }>;

/** Idempotent by the image's state: a repeated or late event, or one for a deleted image, changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps, turns: Pick<Turns, 'alone'>) {
  const { images, bucket, auditLog, now } = deps;
  const id = imageIdOfIncoming(key);
  const image = await images.get(id);
  if (!image) return discardUpload(id, deps);
  if (isUndecided(image) && !(await checkImage(key, image, deps, turns))) return;
  // Also if the image was decided before: that invocation may have ended before this.
  await auditLog.appendDecision(trigger.id, image, now());
  await bucket.delete([key]);
}

export const handler = serveObjects(trigger, handle, forImageChecks);
