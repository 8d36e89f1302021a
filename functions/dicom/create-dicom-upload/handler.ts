import { requireDicomSize } from '../../../lib/domain/dicom-upload.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { type AnnounceDeps, announce, connectAnnounce } from '../announce.ts';
import { operation } from './operation.ts';

export async function handle({ caller, body }: Request<typeof operation>, deps: AnnounceDeps) {
  requireDicomSize([body], deps.limits, () => 'fileSize');
  const { upload, target } = await announce(body, caller, deps, deps.now());
  await deps.uploads.create(upload);
  return target;
}

export const handler = serveCreation(operation, handle, connectAnnounce);
