import * as z from 'zod';
import { StoredDicom } from '../../domain/dicom/dicom-instance.ts';
import { type DicomUpload, DicomUploadStatus } from '../../domain/dicom/dicom-upload.ts';
import { EXAMPLE_ID, Id, Timestamp } from '../../domain/identifiers.ts';
import { SignedHeaders, SignedUrl } from './signed-url.ts';

/** The URL of an upload's status. */
export function dicomUploadUrl(id: string): string {
  return `/dicom/uploads/${id}`;
}

/** Where the client asks what became of a file. */
export const StatusUrl = z
  .string()
  .describe('Ask there what became of the file.')
  .meta({ examples: [dicomUploadUrl(EXAMPLE_ID)] });

/** The request by which a client uploads the bytes. */
export const DicomUploadTarget = z.strictObject({
  uploadId: Id,
  uploadUrl: SignedUrl,
  method: z.literal('PUT'),
  headers: SignedHeaders,
  expiresAt: Timestamp,
  statusUrl: StatusUrl,
});

/** The status of an upload. */
export const DicomUploadProgress = z.strictObject({
  uploadId: Id,
  status: DicomUploadStatus,
  data: StoredDicom.optional(),
  reason: z.string().optional().describe('Why it is not stored.'),
  expiresAt: Timestamp.optional().describe('When this answer is forgotten; the stored file never is.'),
});

export const toDicomUploadProgress = (upload: DicomUpload): z.infer<typeof DicomUploadProgress> => ({
  uploadId: upload.id,
  status: upload.status,
  data: upload.data,
  reason: upload.reason,
  ...(upload.expiresAt !== undefined && { expiresAt: new Date(upload.expiresAt * 1000).toISOString() }),
});
