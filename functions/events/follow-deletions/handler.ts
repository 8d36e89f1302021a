import { Batch } from '../../../lib/domain/batches/batch.ts';
import { Image } from '../../../lib/domain/images/image.ts';
import { batches, deletedImages, exports, images, now } from '../../../lib/lambda/dependencies.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<
  {
    batches: 'getDeleted' | 'markRestored';
    images: 'deleteAllIn';
    deletedImages: 'restoreAllOf';
    exports: 'endAllOf';
  },
  'now'
>;

/** The request has done the same, unless its function ended before that. */
export async function handle({ sk, ...item }: StreamedItem, deps: Deps) {
  const { batches, images, deletedImages, exports, now } = deps;
  if (sk === 'IMAGE') {
    const { batchId } = Image.parse(item);
    if (batchId) await exports.endAllOf(batchId);
    return;
  }
  const { id } = Batch.parse(item);
  if (item.deletedAt === undefined) {
    await deletedImages.restoreAllOf(id, now());
    await batches.markRestored(id);
    return;
  }
  const deleted = await batches.getDeleted(id, now());
  if (!deleted) return;
  const { deletedBy: by = '', deletedAt, expiresAt } = deleted;
  await images.deleteAllIn(id, { by, at: new Date(deletedAt), until: new Date(expiresAt * 1000) });
  await exports.endAllOf(id);
}

export const handler = serveItems(trigger, handle, { batches, images, deletedImages, exports, now });
