import { type Image, isReady } from '../../domain/images/image.ts';
import { uploadExpiry } from '../../domain/limits/limits.ts';
import { incomingKey, renditionKey } from '../../storage/object-keys.ts';
import type { Run } from './run.ts';

/** For how long people see that an upload never arrived. Then the image is removed. */
const EXPIRED_DAYS = 7;

/** Examines an image: an upload that never arrived, or its original and its renditions. */
export async function examineImage(run: Run, image: Image): Promise<void> {
  const { bucket, findings } = run;
  if (image.status === 'pending') return expire(run, image);
  // A deleted image can be restored.
  if (image.key === undefined || !(isReady(image) || image.status === 'deleted')) return;
  const original = await bucket.head(image.key);
  if (!original) await findings.add('missingObject', image.key);
  else if (original.bytes !== image.fileSize || (original.crc32 ?? image.crc32) !== image.crc32)
    await findings.add('otherObject', image.key);
  const names = ['thumbnail', 'card', 'png', ...(image.hasPreview ? (['preview'] as const) : [])] as const;
  await Promise.all(
    names.map(async (name) => {
      const key = renditionKey(image.key ?? '', name);
      const found = await bucket.head(key);
      const isOther = name === 'thumbnail' && (image.thumbnailBytes ?? found?.bytes) !== found?.bytes;
      if (!found || isOther) await findings.add(found ? 'otherObject' : 'missingObject', key);
    }),
  );
}

async function expire(run: Run, image: Image): Promise<void> {
  const { bucket, findings, storedItems, imageDecisions, auditLog, limits, now } = run;
  const isDue = now() > uploadExpiry(limits, new Date(image.uploadedAt));
  // An upload that has arrived is queued again instead.
  if (!isDue || (await bucket.head(incomingKey(image)))) return;
  // Its check may have ended since the image was read: then the upload was decided, and deleted after that.
  if ((await storedItems.statesOfImages([image.id])).get(image.id) !== 'pending') return;
  const until = new Date(now().getTime() + EXPIRED_DAYS * 86_400_000);
  await findings.add('expiredUpload', `image ${image.id}`, async () => {
    if (await imageDecisions.markExpired(image, until, now()))
      await auditLog.appendDecision('reconcile', image, now());
  });
}
