import type { ScanVerdicts } from '../../data/scan-verdicts.ts';
import { malwareReason } from '../../domain/uploads/scan-verdict.ts';
import { NOT_SCANNED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';

export interface ScanDeps {
  /** The setting `scan`. */
  scans: boolean;
  scanVerdicts: Pick<ScanVerdicts, 'get'>;
}

/**
 * `clean`: the bytes with this entity tag may be processed, or any if uploads are not scanned. `awaited`: the scanner has said
 * nothing of the upload. `infected`: it is rejected with the reason.
 */
export type Scan =
  | { state: 'clean'; etag: string | undefined }
  | { state: 'awaited' }
  | { state: 'infected'; reason: string };

/** The scanner could not scan an upload. Another attempt to check it would not change that. */
export class ScanFailure extends PermanentFailure {
  override name = 'ScanFailure';
  /** As people read it. */
  readonly reason = NOT_SCANNED;
}

/**
 * What the malware scanner said of an upload.
 *
 * @throws ScanFailure if the scanner failed: nothing is released that was not scanned
 */
export async function scanOf(upload: string, { scans, scanVerdicts }: ScanDeps): Promise<Scan> {
  if (!scans) return { state: 'clean', etag: undefined };
  const verdict = await scanVerdicts.get(upload);
  switch (verdict?.result) {
    case undefined:
      return { state: 'awaited' };
    case 'NO_THREATS_FOUND':
      return { state: 'clean', etag: verdict.etag };
    case 'THREATS_FOUND':
      return { state: 'infected', reason: malwareReason(verdict) };
    default:
      throw new ScanFailure(`The malware scan of ${upload} ended with ${verdict?.result}`);
  }
}
