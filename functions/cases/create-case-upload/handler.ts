import { patientOfCase } from '../../../lib/domain/cases/case.ts';
import { requireCategory } from '../../../lib/domain/images/category.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { uploadExpiry } from '../../../lib/domain/limits/limits.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { cases, creation, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Creation, Needs } from '../../../lib/lambda/needs.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ cases: 'get' | 'addPending'; urls: 'upload' }, Creation>;

export async function handle(
  { caller, body }: Request<typeof operation>,
  { cases, urls, limits, ...deps }: Deps,
) {
  requireCategory(body.category, deps.categories);
  requireUploadable([body], limits, (_index, field) => field);
  const now = deps.now();
  const known = await cases.get(body.caseId, now);
  const patientId = patientOfCase(caller, known, body.patientId);
  const image = {
    ...newImage({ ...body, id: deps.newId(), patientId }, caller, now, deps.timeZone),
    caseId: body.caseId,
  };
  await cases.addPending(
    image,
    known,
    now,
    uploadExpiry(limits, now),
    caller,
    storageQuotasOf(caller, limits),
  );
  const { url, ...signed } = await signUpload(image, urls, limits, now);
  return { imageId: image.id, uploadUrl: url, ...signed };
}

export const handler = serveCreation(operation, handle, { cases, urls, ...creation });
