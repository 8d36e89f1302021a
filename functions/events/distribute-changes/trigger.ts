import { defineTrigger } from '../../../lib/api/trigger.ts';
import { trigger as completeChanges } from '../complete-changes/trigger.ts';
import { trigger as eraseObjects } from '../erase-objects/trigger.ts';
import { trigger as forwardDicom } from '../forward-dicom/trigger.ts';
import { trigger as processArrivedImage } from '../process-arrived-image/trigger.ts';

const receivers = [completeChanges, eraseObjects, processArrivedImage, forwardDicom];

export const trigger = defineTrigger({
  id: 'distribute-changes',
  summary: 'Put each change of the table into the queues of the functions that act on it',
  costOfFailure:
    'Deletions, restorations and moves are not completed, and new DICOM files do not reach Orthanc; mended within a day, all of them do.',
  source: { changesFor: receivers.map(({ id, source }) => ({ id, source })), batchSize: 50 },
  permissions: { queues: receivers.map(({ id }) => id) },
  memoryMb: 256,
  timeoutSeconds: 30,
});
