import { toDicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { mayFollow } from '../../../lib/domain/dicom/dicom-upload.ts';
import { dicomUploads, keys, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomUploads: 'get' }, 'now'>;

export async function handle({ caller, params }: Request<typeof operation>, { dicomUploads, now }: Deps) {
  const found = await dicomUploads.get(params.id, now());
  if (found) recordAccess(caller, 'upload', found);
  const own = found && mayFollow(caller, found) ? found : undefined;
  return toDicomUploadProgress(requireVisible(caller, own, 'upload'));
}

export const handler = serve(operation, handle, { keys, dicomUploads, now });
