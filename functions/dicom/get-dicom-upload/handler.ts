import { toDicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  uploads: Pick<DicomUploads, 'get'>;
  now: () => Date;
}

export async function handle({ caller, params }: Request<typeof operation>, { uploads, now }: Deps) {
  return toDicomUploadProgress(requireVisible(caller, await uploads.get(params.id, now()), 'upload'));
}

export const handler = serve(operation, handle, () => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  now: () => new Date(),
}));
