import { defineTrigger } from '../../../lib/api/trigger.ts';
import { BATCH_KEYS, EXAM_IMAGE_KEYS, EXPORT_KEYS, IMAGE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'notify',
  summary: 'Tell the open sockets what happened, each only what its person may know of',
  costOfFailure: 'Open pages do not change by themselves; who reloads them sees all.',
  source: {
    itemsChanged: [IMAGE_KEYS, BATCH_KEYS, EXPORT_KEYS, EXAM_IMAGE_KEYS],
    batchSize: 25,
    maximumRetries: 2,
  },
  permissions: { table: 'read', connections: ['find', 'remove'], sockets: ['send', 'close'] },
  memoryMb: 512,
  timeoutSeconds: 60,
});
