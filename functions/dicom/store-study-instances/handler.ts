import { keys, reception } from '../../../lib/lambda/dependencies.ts';
import { type MultipartRequest, serveMultipart } from '../../../lib/lambda/http/serve-multipart.ts';
import type { ReceiveDeps } from '../../../lib/services/dicom/receive-dicom.ts';
import { storeAll } from '../../../lib/services/dicom/store-instances.ts';
import { operation } from './operation.ts';

export const handle = (request: MultipartRequest<typeof operation>, deps: ReceiveDeps) =>
  storeAll(request, deps, request.params.study);

export const handler = serveMultipart(operation, handle, { keys, ...reception });
