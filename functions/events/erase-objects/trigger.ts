import { defineTrigger } from '../../../lib/api/trigger.ts';
import { BATCH_KEYS, EXPORT_KEYS, IMAGE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'erase-objects',
  summary:
    'Delete what hangs on a deleted or expired item: the objects, links and exports of an image, the images of a batch',
  costOfFailure: 'Deleted images stay in S3, where nobody reaches them; mended within a day, all of them go.',
  source: { itemsRemoved: [IMAGE_KEYS, BATCH_KEYS, EXPORT_KEYS], batchSize: 25 },
  permissions: { table: 'write', objects: { incoming: ['delete'], images: ['delete'], exports: ['delete'] } },
  memoryMb: 512,
  timeoutSeconds: 60,
});
