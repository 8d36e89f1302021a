import { ingestion } from '../../../lib/lambda/dependencies.ts';
import { type MultipartRequest, serveMultipart } from '../../../lib/lambda/http/serve-multipart.ts';
import type { IngestDeps } from '../../../lib/services/dicom/ingest-dicom.ts';
import { storeAll } from '../../../lib/services/dicom/store-instances.ts';
import { operation } from './operation.ts';

export const handle = (request: MultipartRequest<typeof operation>, deps: IngestDeps) =>
  storeAll(request, deps);

export const handler = serveMultipart(operation, handle, ingestion);
