import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';

/** Whether an image is shown with edits. */
export const isEdited = ({ edit }: Pick<Image, 'edit'>): boolean => Boolean(edit?.steps);

/** Whether a batch has images that are shown with edits. Asks the service, because a batch that was not opened is not loaded. */
export async function hasEdited(batchId: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const query = { batch_id: batchId, edited: 'true' as const, limit: 1, cursor };
    const { images, next } = await bodyOf(api.GET('/api/images', { params: { query } }));
    if (images.length > 0) return true;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return false;
}
