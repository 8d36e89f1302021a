import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'receive-scan-result',
  summary: 'Record what the malware scanner said of an upload, and have the upload checked',
  costOfFailure:
    'Uploads stay "scanning": nobody sees them until this is mended; the bytes are safe, and nothing is released without its verdict.',
  source: { scanResults: true, batchSize: 10, maximumConcurrency: 5, maximumReceives: MAXIMUM_RECEIVES },
  needs: 'scan',
  permissions: { requests: 'remember', queues: ['make-thumbnail', 'ingest-dicom'] },
  memoryMb: 256,
  timeoutSeconds: 30,
});
