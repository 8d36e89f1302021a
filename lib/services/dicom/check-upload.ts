import { buffer } from 'node:stream/consumers';
import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { DicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { NOT_CHECKED } from '../../domain/uploads/upload-reasons.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { type AttemptDeps, attemptCheck } from '../uploads/attempt-check.ts';
import type { IngestDeps } from './ingest-dicom.ts';
import { ingestUpload } from './ingest-upload.ts';

export interface CheckDeps extends IngestDeps, AttemptDeps {
  dicomUploads: Pick<DicomUploads, 'decide'>;
  objects: IngestDeps['objects'] & Pick<SignedObjects, 'find'>;
}

/**
 * Stores the file of an upload, or records why it is not stored.
 *
 * @returns false if its bytes have not arrived
 */
export async function checkUpload(upload: DicomUpload, deps: CheckDeps): Promise<boolean> {
  const { dicomUploads, objects, now } = deps;
  const key = incomingDicomKey(upload.id);
  const check = async () => {
    const found = await objects.find(key);
    // The whole file, whose size is limited: only this shows whether all compressed frames are present.
    return found && ingestUpload(upload, await buffer(found), deps);
  };
  try {
    const outcome = await attemptCheck(key, check, deps);
    if (outcome) await dicomUploads.decide(upload, outcome, now());
    return outcome !== undefined;
  } catch (error) {
    if (error instanceof PermanentFailure)
      await dicomUploads.decide(upload, { status: 'failed', reason: NOT_CHECKED }, now());
    throw error;
  }
}
