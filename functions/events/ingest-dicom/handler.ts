import { buffer } from 'node:stream/consumers';
import {
  type DicomOutcome,
  type DicomUpload,
  declarationMismatch,
} from '../../../lib/domain/dicom/dicom-upload.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import {
  auditLog,
  dicomStore,
  dicomUploads,
  examImages,
  now,
  objects,
  ownIssuers,
} from '../../../lib/lambda/dependencies.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { type IngestDeps, ingestDicom, inspectDicom } from '../../../lib/services/dicom/ingest-dicom.ts';
import { uploadIdOfIncomingDicom } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = IngestDeps &
  Needs<{ dicomUploads: 'get' | 'decide'; objects: 'find'; auditLog: 'appendDecision' }>;

/** Idempotent by the upload's state and the file's identifiers: an event that comes again changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { dicomUploads, objects, auditLog, now } = deps;
  const id = uploadIdOfIncomingDicom(key);
  const upload = await dicomUploads.get(id, now());
  if (upload?.status === 'pending') {
    const found = await objects.find(key);
    if (!found) return;
    // Whole, which its limit bounds: nothing else tells whether compressed frames are all there.
    await dicomUploads.decide(upload, await outcomeOf(upload, await buffer(found), deps));
  }
  const decided = upload && (await dicomUploads.get(id, now()));
  // Also when it was decided before: whoever did may have died before writing it down.
  if (decided) await auditLog.appendDecision(trigger.id, decided, now(), 'upload');
  await objects.delete(key);
}

async function outcomeOf(upload: DicomUpload, bytes: Buffer, deps: IngestDeps): Promise<DicomOutcome> {
  const fault = declarationMismatch(upload, { bytes: bytes.length, crc32: base64Crc32(bytes) });
  if (fault !== undefined) return { status: 'rejected', reason: fault };
  const { uploader } = upload;
  try {
    const dicom = inspectDicom(uploader, bytes, deps);
    const { answer: data, patientId } = await ingestDicom(uploader, dicom, bytes, deps);
    return { status: 'stored', data, patientId: patientId ?? undefined };
  } catch (error) {
    if (error instanceof RejectedImage) return { status: 'rejected', reason: error.reason };
    if (!(error instanceof DomainError)) throw error;
    const reason = error.details[0] ?? error.message;
    return { status: error.code === 'CONFLICT' ? 'conflict' : 'rejected', reason };
  }
}

export const handler = serveObjects(trigger, handle, {
  dicomStore,
  dicomUploads,
  examImages,
  objects,
  auditLog,
  ownIssuers,
  now,
});
