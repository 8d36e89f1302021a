import * as z from 'zod';
import { ScanResult } from '../../domain/uploads/scan-verdict.ts';

/**
 * EventBridge's event about a scanned object (GuardDuty user guide, "Monitoring S3 object scans with Amazon EventBridge"). A
 * result that it does not document counts as a failed scan.
 */
export const ScanResultEvent = z.object({
  time: z.iso.datetime(),
  detail: z.object({
    s3ObjectDetails: z.object({ objectKey: z.string().min(1), eTag: z.string().min(1) }),
    scanResultDetails: z
      .object({
        scanResultStatus: ScanResult.catch('FAILED'),
        threats: z.array(z.object({ name: z.string() })).nullish(),
      })
      .prefault({ scanResultStatus: 'FAILED' }),
  }),
});
