import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';
import { BATCH_KEYS, CASE_KEYS, IMAGE_KEYS, PATIENT_ERASURE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'complete-changes',
  summary:
    'Complete what a deletion, a restoration or a move began: the images of a batch or case, and its exports; erase a patient',
  costOfFailure:
    'Exports still contain deleted or moved images, or a deleted, restored or moved batch has only a part of its images; the erasure of a patient is not done.',
  source: {
    itemsMarked: [
      { keys: IMAGE_KEYS, attribute: 'deletedAt' },
      { keys: IMAGE_KEYS, attribute: 'assignment.at' },
      { keys: BATCH_KEYS, attribute: 'unsettledSince' },
      { keys: CASE_KEYS, attribute: 'unsettledSince' },
      { keys: PATIENT_ERASURE_KEYS, attribute: 'unsettledSince' },
    ],
    batchSize: 10,
    maximumConcurrency: 5,
    maximumReceives: MAXIMUM_RECEIVES,
  },
  permissions: {
    table: 'write',
    // For the erasure of a patient.
    objects: { incoming: ['delete'], images: ['delete'], dicom: ['delete'] },
  },
  memoryMb: 512,
  timeoutSeconds: 300,
});
