import { type DicomUpload, dicomUploadUrl } from '../../lib/domain/dicom-upload.ts';
import type { Limits } from '../../lib/domain/limits.ts';
import { incomingDicomKey } from '../../lib/storage/object-keys.ts';
import type { SignedUrls } from '../../lib/storage/signed-urls.ts';

/** The PUT by which a client sends the bytes of an announced DICOM file: these bytes and no others, once. */
export async function signDicomUpload(
  { id, fileSize: bytes, crc32 }: DicomUpload,
  urls: Pick<SignedUrls, 'upload'>,
  { uploadUrlSeconds }: Limits,
  now: Date,
) {
  const wanted = { key: incomingDicomKey(id), bytes, mimeType: 'application/dicom', crc32 };
  const { url, ...signed } = await urls.upload(wanted, uploadUrlSeconds, now);
  return { uploadId: id, uploadUrl: url, ...signed, statusUrl: dicomUploadUrl(id) };
}
