import { v7 as newId } from 'uuid';
import { Cases } from '../../../lib/data/cases.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { patientOfCase } from '../../../lib/domain/cases/case.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { operation } from './operation.ts';

interface Deps {
  cases: Pick<Cases, 'get' | 'addPending'>;
  urls: Pick<SignedUrls, 'upload'>;
  limits: Limits;
  timeZone: string;
  newId: () => string;
  now: () => Date;
}

export async function handle(
  { caller, body }: Request<typeof operation>,
  { cases, urls, limits, ...deps }: Deps,
) {
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
    new Date(now.getTime() + limits.uploadExpirySeconds * 1000),
    caller,
  );
  const { url, ...signed } = await signUpload(image, urls, limits, now);
  return { imageId: image.id, uploadUrl: url, ...signed };
}

export const handler = serveCreation(operation, handle, () => ({
  cases: new Cases(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  limits: environment.limits,
  timeZone: environment.timeZone,
  newId,
  now: () => new Date(),
}));
