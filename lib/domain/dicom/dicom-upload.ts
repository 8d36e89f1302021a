import * as z from 'zod';
import { Caller } from '../access/caller.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { epochSeconds } from '../epoch-seconds.ts';
import { DomainError } from '../errors.ts';
import { Crc32, Id, PatientId, Text, Timestamp } from '../identifiers.ts';
import { Bytes } from '../images/image.ts';
import type { Limits } from '../limits/limits.ts';
import { StoredDicom } from './dicom-instance.ts';

/**
 * `pending`: the bytes have not arrived or are not checked yet. `stored`: they are stored as an instance. `rejected`:
 * they are not a DICOM instance, or not one that the sender may upload. `conflict`: another file has the same
 * identifiers.
 */
export const DicomUploadStatus = z
  .enum(['pending', 'stored', 'rejected', 'conflict'])
  .meta({ examples: ['stored'] });

/** A DICOM file to be uploaded by a signed URL. The record expires, whatever its status. */
export const DicomUpload = z.object({
  id: Id,
  /** The patient who uploads; for other uploaders, the patient named in the file. */
  patientId: PatientId.optional(),
  uploader: Caller,
  fileSize: z.int(),
  crc32: Crc32.optional(),
  status: DicomUploadStatus,
  /** Why the file is not stored. */
  reason: z.string().optional(),
  data: StoredDicom.optional(),
  uploadedAt: Timestamp,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type DicomUpload = z.infer<typeof DicomUpload>;

/** The result of the check of the uploaded bytes. */
export type DicomOutcome =
  | { status: 'stored'; data: StoredDicom; patientId: string | undefined }
  | { status: 'rejected' | 'conflict'; reason: string };

/** Declares a DICOM file before its upload. */
export const CreateDicomUpload = z.strictObject({
  fileName: Text.max(1024)
    .optional()
    .meta({ examples: ['slice-0001.dcm'] })
    .describe('For the client alone: the file is known by its identifiers.'),
  fileSize: Bytes.min(1).describe('Bytes.'),
  crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
});

/**
 * Refuses files that are too large before an upload URL is issued. The error names all of them.
 *
 * @param fieldOf returns the name of a file's size field in the request
 * @throws DomainError PAYLOAD_TOO_LARGE
 */
export function requireDicomSize(
  files: readonly { fileSize: number }[],
  { dicomBytes }: Limits,
  fieldOf: (index: number) => string,
): void {
  const details = files.flatMap(({ fileSize }, index) =>
    fileSize <= dicomBytes
      ? []
      : [`${fieldOf(index)} must be at most ${dicomBytes} bytes; received ${fileSize}`],
  );
  if (details.length > 0) throw new DomainError('PAYLOAD_TOO_LARGE', 'File exceeds size limit', { details });
}

/** Creates the record of a declared upload. */
export function newDicomUpload(
  { fileSize, crc32 }: z.output<typeof CreateDicomUpload>,
  id: string,
  caller: Caller,
  { uploadExpirySeconds }: Limits,
  now: Date,
): DicomUpload {
  const patientId = caller.role === 'patient' ? caller.patientId : undefined;
  recordAccess(caller, 'upload', { id, patientId });
  return {
    id,
    patientId,
    fileSize,
    crc32,
    status: 'pending',
    // Without the audit context of the current request.
    uploader: Caller.parse(caller),
    uploadedAt: now.toISOString(),
    expiresAt: epochSeconds(now) + uploadExpirySeconds,
  };
}

/**
 * Describes how the bytes differ from the declared file, or returns undefined. S3 checks this itself; some compatible
 * stores do not.
 */
export function declarationMismatch(
  { fileSize, crc32 }: DicomUpload,
  found: { bytes: number; crc32: string },
): string | undefined {
  if (found.bytes !== fileSize) return `The file has ${found.bytes} bytes; ${fileSize} were announced.`;
  if (crc32 === undefined || crc32 === found.crc32) return undefined;
  return 'The file is not the one that was announced: its checksum is another.';
}
