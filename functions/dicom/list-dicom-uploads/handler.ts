import { DicomUploads } from '../../../lib/data/dicom-uploads.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { maySee } from '../../../lib/domain/access.ts';
import { toDicomUploadProgress } from '../../../lib/domain/dicom-upload.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  uploads: Pick<DicomUploads, 'getMany'>;
  now: () => Date;
}

export async function handle({ caller, query }: Request<typeof operation>, { uploads, now }: Deps) {
  const theirs = (await uploads.getMany(query.ids, now())).filter((upload) => {
    note(caller, 'upload', upload);
    return maySee(caller, upload.patientId);
  });
  return { uploads: theirs.map(toDicomUploadProgress) };
}

export const handler = serve(operation, handle, () => ({
  uploads: new DicomUploads(connectTable(environment.tableName)),
  now: () => new Date(),
}));
