import { defineTrigger } from '../../../lib/api/trigger.ts';
import { INSTANCE_KEYS } from '../../../lib/data/keys.ts';

export const trigger = defineTrigger({
  id: 'forward-dicom',
  summary: "Send each stored DICOM file to the clinic's Orthanc as well",
  costOfFailure:
    'DICOM files are not in Orthanc: whoever reads them there does not see them. Here they are safe; what waits for Orthanc is sent for ten days.',
  needs: 'orthancUrl',
  source: {
    itemsStored: INSTANCE_KEYS,
    attributes: ['sopUid'],
    batchSize: 1,
    maximumConcurrency: 4,
    // The most that SQS has: with a quarter of an hour between the later ones, ten days.
    maximumReceives: 1000,
    // Of a function that died. Not half an hour, as six times its time would be: nobody throttles it.
    visibilityTimeoutSeconds: 320,
  },
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  memoryMb: 512,
  // 100 MB through a clinic's line.
  timeoutSeconds: 300,
});
