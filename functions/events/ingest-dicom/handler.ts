import { buffer } from 'node:stream/consumers';
import { auditLog, dicomUploads, ingestion } from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import type { IngestDeps } from '../../../lib/services/dicom/ingest-dicom.ts';
import { ingestUpload } from '../../../lib/services/dicom/ingest-upload.ts';
import { uploadIdOfIncomingDicom } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = IngestDeps &
  Needs<{ dicomUploads: 'get' | 'decide'; objects: 'find'; auditLog: 'appendDecision' }>;

/** Idempotent by the upload's state and the file's identifiers: a repeated event changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { dicomUploads, objects, auditLog, now } = deps;
  const id = uploadIdOfIncomingDicom(key);
  const upload = await dicomUploads.get(id, now());
  if (upload?.status === 'pending') {
    const found = await objects.find(key);
    if (!found) return;
    // Reads the whole file, whose size is limited: only this shows whether all compressed frames are present.
    await dicomUploads.decide(upload, await ingestUpload(upload, await buffer(found), deps));
  }
  const decided = upload && (await dicomUploads.get(id, now()));
  // Also if the upload was decided before: that invocation may have ended before it wrote the audit event.
  if (decided) await auditLog.appendDecision(trigger.id, decided, now(), 'upload');
  await objects.delete(key);
}

export const handler = serveObjects(trigger, handle, { ...ingestion, dicomUploads, auditLog });
