import { dicomStore, frameAllowance, keys, objects } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { FileDeps } from '../../../lib/services/dicomweb/dicom-files.ts';
import { instancesAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { filesResponse } from '../../../lib/services/dicomweb/retrieved-files.ts';
import { operation } from './operation.ts';

export async function handle(request: Request<typeof operation>, deps: FileDeps) {
  const { caller, params } = request;
  const instances = await instancesAt(caller, params, deps.dicomStore);
  return filesResponse(request, instances, params.instance !== undefined, deps);
}

export const handler = serveStream(operation, handle, { keys, dicomStore, frameAllowance, objects });
