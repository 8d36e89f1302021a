import type * as z from 'zod';
import { dicomUploadUrl } from '../../api/views/dicom-upload.ts';
import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { type CreateDicomUpload, newDicomUpload } from '../../domain/dicom/dicom-upload.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import type { SignedUrls } from '../../storage/signed-urls.ts';

export interface PresignDeps {
  dicomUploads: Pick<DicomUploads, 'create'>;
  urls: Pick<SignedUrls, 'upload'>;
  limits: Limits;
  newId: () => string;
  now: () => Date;
}

/** Presigns the PUT of one DICOM file. The signature binds its length and checksum, and the URL can be used once. */
export async function presignDicomUpload(
  file: z.output<typeof CreateDicomUpload>,
  caller: Caller,
  { urls, limits, newId }: PresignDeps,
  now: Date,
) {
  const upload = newDicomUpload(file, newId(), caller, now);
  const { id, fileSize: bytes, crc32 } = upload;
  const wanted = { key: incomingDicomKey(id), bytes, mimeType: 'application/dicom', crc32 };
  const { url, ...signed } = await urls.upload(wanted, limits.uploadUrlSeconds, now);
  return { upload, target: { uploadId: id, uploadUrl: url, ...signed, statusUrl: dicomUploadUrl(id) } };
}
