import { v7 as newId } from 'uuid';
import type * as z from 'zod';
import { DicomUploads } from '../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../lib/data/table.ts';
import type { Caller } from '../../lib/domain/caller.ts';
import { type CreateDicomUpload, dicomUploadUrl, newDicomUpload } from '../../lib/domain/dicom-upload.ts';
import type { Limits } from '../../lib/domain/limits.ts';
import { environment } from '../../lib/http/environment.ts';
import { incomingDicomKey } from '../../lib/storage/object-keys.ts';
import { SignedUrls } from '../../lib/storage/signed-urls.ts';

export interface AnnounceDeps {
  uploads: Pick<DicomUploads, 'create' | 'createMany'>;
  urls: Pick<SignedUrls, 'upload'>;
  limits: Limits;
  newId: () => string;
  now: () => Date;
}

/** A DICOM file that someone announces, and the PUT by which they send its bytes: these bytes and no others, once. */
export async function announce(
  file: z.output<typeof CreateDicomUpload>,
  caller: Caller,
  { urls, limits, newId }: AnnounceDeps,
  now: Date,
) {
  const upload = newDicomUpload(file, newId(), caller, limits, now);
  const { id, fileSize: bytes, crc32 } = upload;
  const wanted = { key: incomingDicomKey(id), bytes, mimeType: 'application/dicom', crc32 };
  const { url, ...signed } = await urls.upload(wanted, limits.uploadUrlSeconds, now);
  return { upload, target: { uploadId: id, uploadUrl: url, ...signed, statusUrl: dicomUploadUrl(id) } };
}

/** What announcing needs in the cloud. */
export const connectAnnounce = (): AnnounceDeps => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  limits: environment.limits,
  newId,
  now: () => new Date(),
});
