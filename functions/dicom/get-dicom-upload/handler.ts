import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { toDicomUploadProgress } from '../../../lib/domain/dicom-upload.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  uploads: Pick<DicomUploads, 'get'>;
  now: () => Date;
}

export async function handle({ caller, params }: Request<typeof operation>, { uploads, now }: Deps) {
  return toDicomUploadProgress(visible(caller, await uploads.get(params.id, now()), 'upload'));
}

export const handler = serve(operation, handle, () => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  now: () => new Date(),
}));
