import { requireDicomSize } from '../../../lib/domain/dicom-upload.ts';
import { requireFileCount } from '../../../lib/domain/upload.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { type AnnounceDeps, announce, connectAnnounce } from '../announce.ts';
import { operation } from './operation.ts';

export async function handle({ caller, body: { files } }: Request<typeof operation>, deps: AnnounceDeps) {
  const now = deps.now();
  requireFileCount(files.length, deps.limits);
  requireDicomSize(files, deps.limits, (index) => `files[${index}].fileSize`);
  const announced = await Promise.all(files.map((file) => announce(file, caller, deps, now)));
  await deps.uploads.createMany(announced.map(({ upload }) => upload));
  return { uploads: announced.map(({ target }) => target) };
}

export const handler = serveCreation(operation, handle, connectAnnounce);
