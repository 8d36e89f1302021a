import { v7 as newId } from 'uuid';
import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { newDicomUpload, requireDicomSize } from '../../../lib/domain/dicom-upload.ts';
import type { Limits } from '../../../lib/domain/limits.ts';
import { requireFileCount } from '../../../lib/domain/upload.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { signDicomUpload } from '../sign-dicom-upload.ts';
import { operation } from './operation.ts';

interface Deps {
  uploads: Pick<DicomUploads, 'createMany'>;
  urls: Pick<SignedUrls, 'upload'>;
  limits: Limits;
  newId: () => string;
  now: () => Date;
}

export async function handle({ caller, body: { files } }: Request<typeof operation>, deps: Deps) {
  const { uploads, urls, limits, newId } = deps;
  const now = deps.now();
  requireFileCount(files.length, limits);
  requireDicomSize(files, limits, (index) => `files[${index}].fileSize`);
  const announced = files.map((file) => newDicomUpload(file, newId(), caller, limits, now));
  const targets = await Promise.all(announced.map((upload) => signDicomUpload(upload, urls, limits, now)));
  await uploads.createMany(announced);
  return { uploads: targets };
}

export const handler = serveCreation(operation, handle, () => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  urls: new SignedUrls(environment.bucketName),
  limits: environment.limits,
  newId,
  now: () => new Date(),
}));
