import { toDicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { dicomUploads, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomUploads: 'get' }, 'now'>;

export async function handle({ caller, params }: Request<typeof operation>, { dicomUploads, now }: Deps) {
  return toDicomUploadProgress(requireVisible(caller, await dicomUploads.get(params.id, now()), 'upload'));
}

export const handler = serve(operation, handle, { dicomUploads, now });
