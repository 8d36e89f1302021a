import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'ingest-dicom',
  summary: 'Look at DICOM files that came by signed URLs: instances are stored, anything else is rejected',
  costOfFailure:
    'DICOM files sent by signed URLs stay "pending": they are not in their studies until this is mended; the bytes are safe.',
  source: {
    objectsUnder: 'incoming-dicom/',
    // Files of one series that come together share transactions. Large ones are checked one after the other: see `checkUpload`.
    batchSize: 10,
    maximumConcurrency: 20,
    maximumReceives: MAXIMUM_RECEIVES,
    // Delays the retry after a process has ended. Six times the timeout would be twelve minutes, and nothing throttles this function.
    visibilityTimeoutSeconds: 360,
  },
  permissions: {
    table: 'write',
    audit: 'append',
    requests: 'remember',
    objects: { 'incoming-dicom': ['find', 'read', 'delete'], dicom: ['write', 'delete'] },
  },
  memoryMb: 1769,
  // Enough for ten large files. Half of it is for the last one: what does not begin before is retried.
  timeoutSeconds: 120,
});
