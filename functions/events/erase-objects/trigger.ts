import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';
import { BATCH_KEYS, DELETION_KEYS, EXPORT_KEYS, IMAGE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'erase-objects',
  summary:
    'Delete what hangs on a deleted or expired item: the objects, links, annotations and exports of an image, the images and notes of a batch, the DICOM files of a study',
  costOfFailure: 'Deleted images stay in S3, where nobody reaches them; mended within a day, all of them go.',
  source: {
    itemsRemoved: [IMAGE_KEYS, BATCH_KEYS, EXPORT_KEYS, DELETION_KEYS],
    batchSize: 10,
    maximumConcurrency: 5,
    maximumReceives: MAXIMUM_RECEIVES,
  },
  permissions: {
    table: 'write',
    objects: { incoming: ['delete'], images: ['delete'], exports: ['delete'], dicom: ['delete'] },
  },
  memoryMb: 512,
  // A study may have some thousands of instances.
  timeoutSeconds: 300,
});
