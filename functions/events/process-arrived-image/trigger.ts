import { defineTrigger } from '../../../lib/api/trigger.ts';
import { ARRIVED_IMAGES } from '../../../lib/data/keys.ts';
import { RUNTIME } from '../make-thumbnail/trigger.ts';

export const trigger = defineTrigger({
  id: 'process-arrived-image',
  summary: 'Look at what a client says it has uploaded, as the event of a store that sends events would',
  costOfFailure: 'Images in a store without events stay "pending"; the bytes are safe.',
  source: { itemsMarked: [ARRIVED_IMAGES], batchSize: 1, maximumConcurrency: 5, maximumReceives: 5 },
  permissions: {
    table: 'write',
    audit: 'append',
    requests: 'remember',
    objects: { incoming: ['find', 'read', 'delete'], images: ['write', 'delete'] },
  },
  ...RUNTIME,
});
