import { requireVisible } from '../../../lib/domain/access/access.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { requireFileCount, requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { batches, images, limits, newId, now, timeZone, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { batches: 'get'; images: 'createPending'; urls: 'upload' },
  'limits' | 'timeZone' | 'newId' | 'now'
>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { batches, images, urls, limits, newId } = deps;
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  const files = body.files.map(({ name, size, type, ...file }) => ({
    ...file,
    fileName: name,
    fileSize: size,
    mimeType: type,
  }));
  requireFileCount(files.length, limits);
  requireUploadable(
    files,
    limits,
    (index, field) => `files[${index}].${field === 'mimeType' ? 'type' : 'size'}`,
  );

  const now = deps.now();
  const pending = files.map((file) =>
    newImage(
      { ...file, id: newId(), patientId: batch.patientId, batchId: batch.id },
      caller,
      now,
      deps.timeZone,
    ),
  );
  await images.createPending(pending, new Date(now.getTime() + limits.uploadExpirySeconds * 1000));
  const uploads = pending.map(async (image) => {
    const {
      url: upload_url,
      method,
      headers,
      expiresAt: expires_at,
    } = await signUpload(image, urls, limits, now);
    return { id: image.id, name: image.fileName, upload_url, method, headers, expires_at };
  });
  return { uploads: await Promise.all(uploads) };
}

export const handler = serveCreation(operation, handle, {
  batches,
  images,
  urls,
  limits,
  timeZone,
  newId,
  now,
});
