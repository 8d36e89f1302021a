import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'build-archive',
  summary: 'Write the ZIP of an export into S3',
  costOfFailure:
    'An export that someone waits for is never ready; its images can still be downloaded in parts.',
  source: {
    objectsUnder: 'exports/',
    named: '/manifest.json',
    batchSize: 1,
    maximumConcurrency: 5,
    maximumReceives: 3,
    // A user waits for the archive; six times the function's timeout would be an hour and a half.
    visibilityTimeoutSeconds: 960,
  },
  permissions: {
    table: 'write',
    objects: { images: ['read'], dicom: ['read'], exports: ['find', 'read', 'write', 'delete'] },
  },
  // A whole vCPU: with less, the copies of edited images would take longer.
  memoryMb: 1769,
  timeoutSeconds: 900,
  layers: ['sharp', 'libheif'],
  // Of a PDF only the first page is copied, from its preview.
  processes: ['lib/media/heic/heic-process.ts'],
});
