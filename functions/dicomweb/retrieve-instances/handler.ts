import { dicomStore, objects } from '../../../lib/lambda/dependencies.ts';
import { chooseOffer } from '../../../lib/lambda/http/content-negotiation.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type DicomResources, instancesAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { DICOM, fileResponse, filesResponse } from '../../../lib/services/dicomweb/instance-files.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ objects: 'read' }> & {
  dicomStore: DicomResources;
};

export async function handle(request: Request<typeof operation>, deps: Deps) {
  const { caller, params, origin } = request;
  const instances = await instancesAt(caller, params, deps.dicomStore);
  // Files are given as they are: in another transfer syntax than their own there are none.
  const [transferSyntax, ...others] = new Set(instances.map(({ transferSyntaxUid }) => transferSyntaxUid));
  const syntax = transferSyntax !== undefined && others.length === 0 && { transferSyntax };
  const { type } = chooseOffer(request, [
    { type: 'multipart/related', part: DICOM, ...syntax },
    ...(params.instance === undefined ? [] : [{ type: DICOM, ...syntax }]),
  ]);
  const [first] = instances;
  return type === DICOM && first ? fileResponse(first, deps) : filesResponse(instances, origin, deps);
}

export const handler = serveStream(operation, handle, { dicomStore, objects });
