import { toDicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { maySee } from '../../../lib/domain/access/access.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  uploads: Pick<DicomUploads, 'getMany'>;
  now: () => Date;
}

export async function handle({ caller, query }: Request<typeof operation>, { uploads, now }: Deps) {
  const theirs = (await uploads.getMany(query.ids, now())).filter((upload) => {
    recordAccess(caller, 'upload', upload);
    return maySee(caller, upload.patientId);
  });
  return { uploads: theirs.map(toDicomUploadProgress) };
}

export const handler = serve(operation, handle, () => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  now: () => new Date(),
}));
