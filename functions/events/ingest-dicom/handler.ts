import { isUndecided } from '../../../lib/domain/dicom/dicom-upload.ts';
import {
  auditLog,
  checkAttempts,
  dicomUploads,
  ingestion,
  scans,
  scanVerdicts,
} from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Turns } from '../../../lib/lambda/events/turns.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type CheckDeps, checkUpload } from '../../../lib/services/dicom/check-upload.ts';
import { uploadIdOfIncomingDicom } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = CheckDeps & Needs<{ dicomUploads: 'getTogether'; objects: 'has'; auditLog: 'appendDecision' }>;

/** Idempotent by the upload's state and the file's identifiers: a repeated event changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps, turns: Pick<Turns, 'alone'>) {
  const { dicomUploads, objects, auditLog, now } = deps;
  const id = uploadIdOfIncomingDicom(key);
  const upload = await dicomUploads.getTogether(id, now());
  if (!upload) {
    // If the table was restored from a backup, the bytes may be all that is left of the upload.
    if (await objects.has(key)) throw new Error(`an upload has no record: ${id}`);
    return;
  }
  const checked = isUndecided(upload) ? await checkUpload(upload, deps, turns) : { decided: upload };
  if (!checked) return;
  const { decided } = checked;
  // Also if the upload was decided before: that invocation may have ended before this.
  if (decided) await auditLog.appendDecision(trigger.id, decided, now(), 'upload');
  await objects.delete(key);
}

export const handler = serveObjects(trigger, handle, {
  ...ingestion,
  dicomUploads,
  auditLog,
  checkAttempts,
  scanVerdicts,
  scans,
});
