import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import { type DicomOutcome, type DicomUpload, sizeMismatch } from '../../domain/dicom/dicom-upload.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import type { Turns } from '../../lambda/events/turns.ts';
import { bytesOf } from '../../storage/bytes-of.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import { publishDecision } from '../uploads/publish-decision.ts';
import { type ScanDeps, ScanFailure, scanOf } from '../uploads/scan-of.ts';
import type { IngestDeps } from './ingest-dicom.ts';
import { ingestUpload } from './ingest-upload.ts';

export interface CheckDeps extends IngestDeps, AttemptDeps, ScanDeps {
  dicomUploads: Pick<DicomUploads, 'decide' | 'get'>;
  objects: IngestDeps['objects'] & Pick<SignedObjects, 'find' | 'has'>;
}

/**
 * Files up to this size share the function's memory with the others of the invocation: at most ten, of which reading takes twice their
 * size. A larger one has it alone.
 */
const SMALL_BYTES = 8 * 1024 * 1024;

/**
 * Stores the file of an upload once the malware scanner has found nothing in it, or records why it is not stored.
 *
 * @returns the upload as it is then, if it still exists; undefined if its bytes have not arrived, or wait for the scanner
 */
export async function checkUpload(
  upload: DicomUpload,
  deps: CheckDeps,
  turns: Pick<Turns, 'alone'>,
): Promise<{ decided: DicomUpload | undefined } | undefined> {
  const { dicomUploads, objects, now } = deps;
  const key = incomingDicomKey(upload.id);
  let arrivedAt: Date | undefined;
  const check = async (etag?: string): Promise<DicomOutcome | undefined> => {
    const found = await objects.find(key, etag);
    if (!found) return undefined;
    arrivedAt = new Date(found.headers['last-modified'] ?? now());
    // Before the bytes are in memory, for which there is only room for the announced ones.
    const fault = sizeMismatch(upload, Number(found.headers['content-length']));
    if (fault === undefined) return ingestUpload(upload, await bytesOf(found), deps);
    found.destroy();
    return { status: 'rejected', reason: fault };
  };
  const scanned = async (): Promise<DicomOutcome | undefined> => {
    const scan = await scanOf(key, deps);
    if (scan.state === 'infected') return { status: 'rejected', reason: scan.reason };
    if (scan.state === 'awaited') return (await objects.has(key)) ? { status: 'scanning' } : undefined;
    if (upload.fileSize > SMALL_BYTES) await turns.alone(0);
    return attemptCheck(key, () => check(scan.etag), deps, turns);
  };
  const decide = async (outcome: DicomOutcome) => {
    const decided = await dicomUploads.decide(upload, outcome, now());
    if (decided && outcome.status !== 'scanning') publishDecision({ arrivedAt, ...outcome }, now());
    return decided;
  };
  try {
    const outcome = await scanned();
    const decided = outcome && (await decide(outcome));
    if (!outcome || outcome.status === 'scanning') return undefined;
    // Another delivery may have been faster.
    return { decided: decided ?? (await dicomUploads.get(upload.id, now())) };
  } catch (error) {
    const reason = error instanceof ScanFailure ? error.reason : NOT_CHECKED;
    if (error instanceof PermanentFailure) await decide({ status: 'failed', reason });
    throw error;
  }
}
