import { toDicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { mayFollow } from '../../../lib/domain/dicom/dicom-upload.ts';
import { dicomUploads, keys, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomUploads: 'getMany' }, 'now'>;

export async function handle({ caller, query }: Request<typeof operation>, { dicomUploads, now }: Deps) {
  const theirs = (await dicomUploads.getMany(query.ids, now())).filter((upload) => {
    recordAccess(caller, 'upload', upload);
    return mayFollow(caller, upload);
  });
  return { uploads: theirs.map(toDicomUploadProgress) };
}

export const handler = serve(operation, handle, { keys, dicomUploads, now });
