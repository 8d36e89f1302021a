import * as z from 'zod';
import { Caller } from './caller.ts';
import { StoredDicom } from './dicom-instance.ts';
import { DomainError } from './errors.ts';
import { Crc32, EXAMPLE_ID, Id, PatientId, Text, Timestamp } from './identifiers.ts';
import { Bytes } from './image.ts';
import type { Limits } from './limits.ts';
import { SignedHeaders, SignedUrl } from './signed-url.ts';
import { note } from './trail.ts';

/**
 * `pending`: the bytes are not there or not yet looked at. `stored`: they are, as an instance. `rejected`: they are no
 * DICOM instance, or not theirs who sent it. `conflict`: their identifiers are another file's.
 */
export const DicomUploadStatus = z
  .enum(['pending', 'stored', 'rejected', 'conflict'])
  .meta({ examples: ['stored'] });

/** A DICOM file that is to come by a signed URL; it is forgotten after a while, whatever became of it. */
export const DicomUpload = z.object({
  id: Id,
  /** Whose it is: of a patient's upload theirs, of another's what the file says. */
  patientId: PatientId.optional(),
  uploader: Caller,
  fileSize: z.int(),
  crc32: Crc32.optional(),
  status: DicomUploadStatus,
  /** Why it is not stored. */
  reason: z.string().optional(),
  data: StoredDicom.optional(),
  uploadedAt: Timestamp,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type DicomUpload = z.infer<typeof DicomUpload>;

/** What became of the bytes. */
export type DicomOutcome =
  | { status: 'stored'; data: StoredDicom; patientId: string | undefined }
  | { status: 'rejected' | 'conflict'; reason: string };

/** What a client says of a DICOM file before it sends it. */
export const CreateDicomUpload = z.strictObject({
  fileName: Text.max(1024)
    .optional()
    .meta({ examples: ['slice-0001.dcm'] })
    .describe('For the client alone: the file is known by its identifiers.'),
  fileSize: Bytes.min(1).describe('Bytes.'),
  crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
});

/**
 * Refuses files that are too large, all of them by their names, before an upload URL is handed out.
 *
 * @param fieldOf names a file's size in the client's own words
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

/** An upload that someone announces. */
export function newDicomUpload(
  { fileSize, crc32 }: z.output<typeof CreateDicomUpload>,
  id: string,
  caller: Caller,
  { uploadExpirySeconds }: Limits,
  now: Date,
): DicomUpload {
  const patientId = caller.role === 'patient' ? caller.patientId : undefined;
  note(caller, 'upload', { id, patientId });
  return {
    ...{ id, patientId, fileSize, crc32, status: 'pending' },
    // Without what hangs on it for this request.
    uploader: Caller.parse(caller),
    uploadedAt: now.toISOString(),
    expiresAt: Math.floor(now.getTime() / 1000) + uploadExpirySeconds,
  };
}

/** In what the bytes are not those that were announced, or undefined. S3 sees to it itself; some stores do not. */
export function notAsAnnounced(
  { fileSize, crc32 }: DicomUpload,
  found: { bytes: number; crc32: string },
): string | undefined {
  if (found.bytes !== fileSize) return `The file has ${found.bytes} bytes; ${fileSize} were announced.`;
  if (crc32 === undefined || crc32 === found.crc32) return undefined;
  return 'The file is not the one that was announced: its checksum is another.';
}

/** Where to ask what became of an upload. */
export function dicomUploadUrl(id: string): string {
  return `/dicom/uploads/${id}`;
}

/** How a client is told to send the bytes. */
export const DicomUploadTarget = z.strictObject({
  uploadId: Id,
  uploadUrl: SignedUrl,
  method: z.literal('PUT'),
  headers: SignedHeaders,
  expiresAt: Timestamp,
  statusUrl: z
    .string()
    .describe('Ask there what became of the file.')
    .meta({ examples: [dicomUploadUrl(EXAMPLE_ID)] }),
});

/** How far an upload is. */
export const DicomUploadProgress = z.strictObject({
  uploadId: Id,
  status: DicomUploadStatus,
  data: StoredDicom.optional(),
  reason: z.string().optional().describe('Why it is not stored.'),
  expiresAt: Timestamp.describe('When this answer is forgotten; the stored file never is.'),
});

export const toDicomUploadProgress = (upload: DicomUpload): z.infer<typeof DicomUploadProgress> => ({
  uploadId: upload.id,
  status: upload.status,
  data: upload.data,
  reason: upload.reason,
  expiresAt: new Date(upload.expiresAt * 1000).toISOString(),
});
