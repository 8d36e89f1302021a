import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'ingest-dicom',
  summary: 'Look at DICOM files that came by signed URLs: instances are stored, anything else is rejected',
  costOfFailure:
    'DICOM files sent by signed URLs stay "pending": they are not in their studies until this is mended; the bytes are safe.',
  source: {
    objectsUnder: 'incoming-dicom/',
    batchSize: 1,
    maximumConcurrency: 20,
    maximumReceives: MAXIMUM_RECEIVES,
  },
  permissions: {
    table: 'write',
    audit: 'append',
    requests: 'remember',
    objects: { 'incoming-dicom': ['find', 'read', 'delete'], dicom: ['write', 'delete'] },
  },
  memoryMb: 1769,
  timeoutSeconds: 60,
});
