import * as z from 'zod';
import { Timestamp } from '../identifiers.ts';

/** The result of a malware scan (GuardDuty user guide, "S3 object potential scan status and result status"). */
export const ScanResult = z
  .enum(['NO_THREATS_FOUND', 'THREATS_FOUND', 'UNSUPPORTED', 'ACCESS_DENIED', 'FAILED'])
  .meta({ examples: ['NO_THREATS_FOUND'] });

/** What the scanner said of an upload. */
export const ScanVerdict = z.object({
  result: ScanResult,
  /** The entity tag of the scanned bytes: other bytes under the same key have no verdict. Without quotation marks. */
  etag: z.string(),
  /** The names of the threats. */
  threats: z.array(z.string()).default([]),
  scannedAt: Timestamp,
  /** When the verdict is removed; seconds since 1970. */
  expiresAt: z.int(),
});
export type ScanVerdict = z.infer<typeof ScanVerdict>;

/** An entity tag without the quotation marks that HTTP puts around it. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');

/** Why an upload with malware is rejected. */
export const malwareReason = ({ threats }: ScanVerdict): string =>
  `The file contains malware (${threats.join(', ') || 'without a name'}). It is not stored.`;
