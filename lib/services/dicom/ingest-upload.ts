import { type DicomOutcome, type DicomUpload, declarationMismatch } from '../../domain/dicom/dicom-upload.ts';
import { DomainError } from '../../domain/errors.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { type IngestDeps, ingestDicom, inspectDicom } from './ingest-dicom.ts';

/** Stores the file of an upload, or says why it is not stored. */
export async function ingestUpload(
  upload: DicomUpload,
  bytes: Buffer,
  deps: IngestDeps,
): Promise<DicomOutcome> {
  const fault = declarationMismatch(upload, { bytes: bytes.length, crc32: base64Crc32(bytes) });
  if (fault !== undefined) return { status: 'rejected', reason: fault };
  const { uploader } = upload;
  try {
    const dicom = inspect(uploader, bytes, deps);
    const { answer: data, patientId } = await ingestDicom(uploader, dicom, bytes, deps);
    return { status: 'stored', data, patientId: patientId ?? undefined };
  } catch (error) {
    if (error instanceof RejectedImage) return { status: 'rejected', reason: error.reason };
    if (!(error instanceof DomainError)) throw error;
    const reason = error.details[0] ?? error.message;
    return { status: error.code === 'CONFLICT' ? 'conflict' : 'rejected', reason };
  }
}

const inspect: typeof inspectDicom = (...file) => {
  try {
    return inspectDicom(...file);
  } catch (error) {
    if (error instanceof RejectedImage || error instanceof DomainError) throw error;
    throw new PermanentFailure('The DICOM file can not be inspected', { cause: error });
  }
};
