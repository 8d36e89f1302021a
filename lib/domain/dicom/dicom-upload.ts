import * as z from 'zod';
import { maySee } from '../access/access.ts';
import { Caller } from '../access/caller.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { DomainError } from '../errors.ts';
import { Crc32, Id, PatientId, Text, Timestamp } from '../identifiers.ts';
import { Bytes } from '../images/image.ts';
import type { Limits } from '../limits/limits.ts';
import { StoredDicom } from './dicom-instance.ts';

/**
 * `pending`: the bytes have not arrived or are not checked yet. `scanning`: they have arrived and are searched for malware. `stored`: they are stored as an instance. `rejected`:
 * they are not a DICOM instance, not one that the sender may upload, or do not fit into a quota. `conflict`: another file has the same
 * identifiers. `failed`: they could not be checked. `expired`: they never arrived.
 */
export const DicomUploadStatus = z
  .enum(['pending', 'scanning', 'stored', 'rejected', 'conflict', 'failed', 'expired'])
  .meta({ examples: ['stored'] });

/** The changes of an upload's status, as `TRANSITIONS` of images. */
const UNDECIDED = ['pending', 'scanning', 'failed', 'expired'] as const;
export const UPLOAD_TRANSITIONS = {
  scan: { from: ['pending', 'failed', 'expired'], to: 'scanning' },
  store: { from: UNDECIDED, to: 'stored' },
  reject: { from: UNDECIDED, to: 'rejected' },
  refuse: { from: UNDECIDED, to: 'conflict' },
  fail: { from: ['pending', 'scanning'], to: 'failed' },
  expire: { from: ['pending'], to: 'expired' },
  forget: { from: ['stored', 'rejected', 'conflict', 'expired'], to: undefined },
} as const;

/** Whether the bytes of the upload may still be stored. */
export const isUndecided = ({ status }: DicomUpload): boolean => UNDECIDED.some((each) => each === status);

/** Days for which the result of an upload can be read. */
export const RESULT_DAYS = 30;

/** A DICOM file to be uploaded by a signed URL. */
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
  /** When the record is removed; seconds since 1970. While its bytes may wait to be checked, it has none. */
  expiresAt: z.int().optional(),
});
export type DicomUpload = z.infer<typeof DicomUpload>;

/** The result of the check of the uploaded bytes, or that it waits for the malware scan. */
export type DicomOutcome =
  | { status: 'scanning' }
  | { status: 'stored'; data: StoredDicom; patientId: string | undefined }
  | { status: 'rejected' | 'conflict' | 'failed' | 'expired'; reason: string };

/** Declares a DICOM file before its upload. */
export const CreateDicomUpload = z.strictObject({
  fileName: Text.max(1024)
    .optional()
    .meta({ examples: ['slice-0001.dcm'] })
    .describe('For the client alone: the file is known by its identifiers.'),
  fileSize: Bytes.min(1).describe('Bytes.'),
  crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
});

/** Whether the caller may learn what became of the upload: a service only of its own ones. */
export const mayFollow = (caller: Caller, { patientId, uploader }: DicomUpload): boolean =>
  caller.role === 'service' ? uploader.subject === caller.subject : maySee(caller, patientId);

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
  };
}

/**
 * Describes how the bytes differ from the declared file, or returns undefined. S3 checks this itself; some compatible
 * stores do not.
 */
export function declarationMismatch(
  upload: DicomUpload,
  found: { bytes: number; crc32: string },
): string | undefined {
  const fault = sizeMismatch(upload, found.bytes);
  if (fault !== undefined) return fault;
  if (upload.crc32 === undefined || upload.crc32 === found.crc32) return undefined;
  return 'The file is not the one that was announced: its checksum is another.';
}

/** Describes how the size of a file differs from the declared one, or returns undefined. */
export const sizeMismatch = ({ fileSize }: DicomUpload, bytes: number): string | undefined =>
  bytes === fileSize ? undefined : `The file has ${bytes} bytes; ${fileSize} were announced.`;
