import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';
import { INSTANCE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'forward-dicom',
  summary: "Send each stored DICOM file to the clinic's Orthanc as well",
  costOfFailure:
    'DICOM files are not in Orthanc: whoever reads them there does not see them. Here they are safe; what waits for Orthanc is sent for ten days.',
  needs: 'orthancUrl',
  source: {
    itemsStored: INSTANCE_KEYS,
    batchSize: 1,
    maximumConcurrency: 4,
    maximumReceives: MAXIMUM_RECEIVES,
    // Delays the retry after a crash. Six times the timeout would be half an hour; nothing throttles this function.
    visibilityTimeoutSeconds: 320,
  },
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  memoryMb: 512,
  // Enough to send 100 MB through a clinic's internet connection.
  timeoutSeconds: 300,
});
