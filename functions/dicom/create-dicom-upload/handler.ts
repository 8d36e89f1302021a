import { requireDicomSize } from '../../../lib/domain/dicom/dicom-upload.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { dicomUploads, keys, limits, newId, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { type PresignDeps, presignDicomUpload } from '../../../lib/services/dicom/presign-upload.ts';
import { operation } from './operation.ts';

export async function handle({ caller, body }: Request<typeof operation>, deps: PresignDeps) {
  requireDicomSize([body], deps.limits, () => 'fileSize');
  const { upload, target } = await presignDicomUpload(body, caller, deps, deps.now());
  await deps.dicomUploads.create([upload], storageQuotasOf(caller, deps.limits));
  return target;
}

export const handler = serveCreation(operation, handle, { keys, dicomUploads, urls, limits, newId, now });
