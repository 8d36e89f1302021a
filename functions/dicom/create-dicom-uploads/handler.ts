import { requireDicomSize } from '../../../lib/domain/dicom/dicom-upload.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { requireFileCount } from '../../../lib/domain/uploads/upload.ts';
import { dicomUploads, keys, limits, newId, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { type PresignDeps, presignDicomUpload } from '../../../lib/services/dicom/presign-upload.ts';
import { operation } from './operation.ts';

export async function handle({ caller, body: { files } }: Request<typeof operation>, deps: PresignDeps) {
  const now = deps.now();
  requireFileCount(files.length, deps.limits);
  requireDicomSize(files, deps.limits, (index) => `files[${index}].fileSize`);
  const presigned = await Promise.all(files.map((file) => presignDicomUpload(file, caller, deps, now)));
  const uploads = presigned.map(({ upload }) => upload);
  await deps.dicomUploads.create(uploads, storageQuotasOf(caller, deps.limits));
  return { uploads: presigned.map(({ target }) => target) };
}

export const handler = serveCreation(operation, handle, { keys, dicomUploads, urls, limits, newId, now });
