import { buffer } from 'node:stream/consumers';
import { AuditLog } from '../../../lib/data/audit-log.ts';
import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import {
  type DicomOutcome,
  type DicomUpload,
  declarationMismatch,
} from '../../../lib/domain/dicom/dicom-upload.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type CreatedObject, serveObjects } from '../../../lib/lambda/events/serve-objects.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import {
  connectIngest,
  type IngestDeps,
  ingestDicom,
  inspectDicom,
} from '../../../lib/services/dicom/ingest-dicom.ts';
import { uploadIdOfIncomingDicom } from '../../../lib/storage/object-keys.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { trigger } from './trigger.ts';

export interface Deps extends IngestDeps {
  uploads: Pick<DicomUploads, 'get' | 'decide'>;
  incoming: Pick<SignedObjects, 'find'>;
  log: Pick<AuditLog, 'appendDecision'>;
}

/** Idempotent by the upload's state and the file's identifiers: an event that comes again changes nothing. */
export async function handle({ key }: CreatedObject, deps: Deps) {
  const { uploads, incoming, objects, log, now } = deps;
  const id = uploadIdOfIncomingDicom(key);
  const upload = await uploads.get(id, now());
  if (upload?.status === 'pending') {
    const found = await incoming.find(key);
    if (!found) return;
    // Whole, which its limit bounds: nothing else tells whether compressed frames are all there.
    await uploads.decide(upload, await outcomeOf(upload, await buffer(found), deps));
  }
  const decided = upload && (await uploads.get(id, now()));
  // Also when it was decided before: whoever did may have died before writing it down.
  if (decided) await log.appendDecision(trigger.id, decided, now(), 'upload');
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

const connect = (): Deps => ({
  ...connectIngest(),
  uploads: new DicomUploads(connectTable(environment.tableName)),
  incoming: new SignedObjects(environment.bucketName),
  log: new AuditLog(connectTable(environment.auditTableName)),
});

export const handler = serveObjects(trigger, handle, connect);
