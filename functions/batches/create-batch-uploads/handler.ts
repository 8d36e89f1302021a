import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireCategories } from '../../../lib/domain/images/category.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { requireFileCount, requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { batches, creation, imageCreation, keys, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Creation, Needs } from '../../../lib/lambda/needs.ts';
import { type CreateDeps, createImages } from '../../../lib/services/images/create-images.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { operation } from './operation.ts';

type Deps = CreateDeps & Needs<{ batches: 'get'; urls: 'upload' }, Creation>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { batches, urls, limits, newId } = deps;
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  const files = body.files.map(
    ({ name: fileName, size: fileSize, type: mimeType, eye_side: eyeSide, ...file }) => {
      return { ...file, fileName, fileSize, mimeType, eyeSide };
    },
  );
  requireCategories(files, deps.categories, (index) => `files[${index}].category`);
  requireFileCount(files.length, limits);
  requireUploadable(files, limits, (index, field) => `files[${index}].${FIELDS[field]}`);

  const now = deps.now();
  const owner = { patientId: batch.patientId, batchId: batch.id };
  const pending = files.map((file) =>
    newImage({ ...file, ...owner, id: newId() }, caller, now, deps.timeZone),
  );
  await createImages(pending, deps, storageQuotasOf(caller, limits));
  const uploads = pending.map(async (image) => {
    const { url: upload_url, expiresAt: expires_at, ...put } = await signUpload(image, urls, limits, now);
    return { id: image.id, name: image.fileName, upload_url, ...put, expires_at };
  });
  return { uploads: await Promise.all(uploads) };
}

const FIELDS = { mimeType: 'type', fileSize: 'size' } as const;

const needs = { keys, batches, urls, ...imageCreation, ...creation };
export const handler = serveCreation(operation, handle, needs);
