import { requireVisibleInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { contentTypeOf } from '../../../lib/domain/dicom/wado-request.ts';
import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { rangeOfFile, renderedView } from '../../../lib/services/dicomweb/wado-uri.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ objects: 'read'; dicomStore: 'findInstance'; frameAllowance: 'take' }>;

export async function handle({ caller, params, query, headers }: Request<typeof operation>, deps: Deps) {
  const { dicomStore } = deps;
  const found = await dicomStore.findInstance(params.sopInstanceUID);
  const instance = requireVisibleInstance(caller, found.instance, found.study);
  const contentType = contentTypeOf(query.contentType);
  return contentType === 'application/dicom'
    ? rangeOfFile(instance, headers, deps)
    : renderedView(instance, query, contentType === 'image/png' ? 'png' : 'jpeg', caller, deps);
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
