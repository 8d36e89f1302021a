import { linksOf, toRecordImage } from '../../../lib/api/views/record-image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { recordBounds, requireMayLink } from '../../../lib/domain/records/record-image.ts';
import { creation, imageIntake, keys, objects, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Creation, Needs } from '../../../lib/lambda/needs.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { signLink } from '../../../lib/services/images/image-link.ts';
import { recordFile } from '../../../lib/services/images/record-file.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keys: 'get'; imageIntake: 'createLinked'; objects: 'create'; urls: 'upload' }, Creation>;

export async function handle({ caller, body, origin }: Request<typeof operation>, deps: Deps) {
  const { imageIntake, objects, urls, limits } = deps;
  const bounds = recordBounds(limits);
  const links = requireMayLink(caller, linksOf(body));
  const { bytes, ...file } = await recordFile(body, bounds, limits);

  const now = deps.now();
  const given = { id: deps.newId(), fileName: body.name, capturedAt: body.created_on, bounds };
  const wanted = newImage({ ...file, ...links, ...given }, caller, now, deps.timeZone);
  const image = await imageIntake.createLinked(wanted, storageQuotasOf(caller, limits));
  const view = toRecordImage(image, signLink(image, origin, now));
  if (bytes) {
    // Stored like every other upload, so that the same pipeline checks it.
    await objects.create(incomingKey(image), { bytes, mimeType: image.mimeType, crc32: base64Crc32(bytes) });
    return view;
  }
  const { url: upload_url, expiresAt: expires_at, ...put } = await signUpload(image, urls, limits, now);
  return { ...view, upload_url, ...put, expires_at };
}

export const handler = serveCreation(operation, handle, { keys, imageIntake, objects, urls, ...creation });
