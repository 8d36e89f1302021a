import { defineTrigger } from '../../../lib/api/trigger.ts';
import { BATCH_KEYS, IMAGE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'follow-deletions',
  summary: 'Complete what a deletion or a restoration began: the exports of a batch, and the images in it',
  costOfFailure:
    'Exports still contain deleted images, or a deleted or restored batch has only a part of its images.',
  source: {
    itemsMarked: [
      { keys: IMAGE_KEYS, attribute: 'deletedAt' },
      { keys: BATCH_KEYS, attribute: 'deletedAt' },
      { keys: BATCH_KEYS, attribute: 'restoringSince' },
    ],
    batchSize: 10,
    maximumRetries: 10_000,
  },
  permissions: { table: 'write' },
  memoryMb: 512,
  timeoutSeconds: 300,
});
