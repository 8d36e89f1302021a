import { DicomStore } from '../../../lib/data/dicom.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type RelatedRequest, serveRelated } from '../../../lib/http/serve-related.ts';
import { ObjectWriter } from '../../../lib/storage/object-writer.ts';
import { storeAll } from '../store-all.ts';
import type { TakeDeps } from '../take.ts';
import { operation } from './operation.ts';

export const handle = (request: RelatedRequest<typeof operation>, deps: TakeDeps) =>
  storeAll(request, deps, request.params.study);

export const handler = serveRelated(operation, handle, () => ({
  store: new DicomStore(connectTable(environment.tableName)),
  objects: new ObjectWriter(environment.bucketName),
  now: () => new Date(),
}));
