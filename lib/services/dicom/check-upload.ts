import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { DicomOutcome, DicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import { bytesOf } from '../../storage/bytes-of.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import { publishDecision } from '../uploads/publish-decision.ts';
import { type ScanDeps, ScanFailure, scanOf } from '../uploads/scan-of.ts';
import type { IngestDeps } from './ingest-dicom.ts';
import { ingestUpload } from './ingest-upload.ts';

export interface CheckDeps extends IngestDeps, AttemptDeps, ScanDeps {
  dicomUploads: Pick<DicomUploads, 'decide'>;
  objects: IngestDeps['objects'] & Pick<SignedObjects, 'find'>;
}

/**
 * Stores the file of an upload once the malware scanner has found nothing in it, or records why it is not stored.
 *
 * @returns false if its bytes have not arrived, or wait for the scanner
 */
export async function checkUpload(upload: DicomUpload, deps: CheckDeps): Promise<boolean> {
  const { dicomUploads, objects, now } = deps;
  const key = incomingDicomKey(upload.id);
  let arrivedAt: Date | undefined;
  const check = async (): Promise<DicomOutcome | undefined> => {
    const scan = await scanOf(key, deps);
    if (scan.state === 'infected') return { status: 'rejected', reason: scan.reason };
    const found = await objects.find(key, scan.state === 'clean' ? scan.etag : undefined);
    if (!found) return undefined;
    arrivedAt = new Date(found.headers['last-modified'] ?? now());
    // The whole file, whose size is limited: only this shows whether all compressed frames are present.
    if (scan.state === 'clean') return ingestUpload(upload, await bytesOf(found), deps);
    found.destroy();
    return { status: 'scanning' };
  };
  const decide = async (outcome: DicomOutcome) => {
    const isNew = await dicomUploads.decide(upload, outcome, now());
    if (isNew && outcome.status !== 'scanning') publishDecision({ arrivedAt, ...outcome }, now());
  };
  try {
    const outcome = await attemptCheck(key, check, deps);
    if (outcome) await decide(outcome);
    return outcome !== undefined && outcome.status !== 'scanning';
  } catch (error) {
    const reason = error instanceof ScanFailure ? error.reason : NOT_CHECKED;
    if (error instanceof PermanentFailure) await decide({ status: 'failed', reason });
    throw error;
  }
}
