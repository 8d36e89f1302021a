import { dicomWebPath } from '../../../lib/api/dicomweb.ts';
import type { DicomInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { mapInOrder } from '../../../lib/domain/in-order.ts';
import { dicomStore, objects } from '../../../lib/lambda/dependencies.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import { chooseOffer } from '../../../lib/lambda/http/content-negotiation.ts';
import { multipartRelated } from '../../../lib/lambda/http/multipart-related.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type DicomResources, instancesAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import { requireStreamable } from '../../../lib/services/dicomweb/response-size.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ objects: 'read' }> & {
  dicomStore: DicomResources;
};

const DICOM = 'application/dicom';

/** Files that are opened ahead of the one that is being sent. */
const AT_ONCE = 4;

export async function handle(request: Request<typeof operation>, { dicomStore, objects }: Deps) {
  const { caller, params, origin } = request;
  const instances = await instancesAt(caller, params, dicomStore);
  // Files are given as they are: in another transfer syntax than their own there are none.
  const [transferSyntax, ...others] = new Set(instances.map(({ transferSyntaxUid }) => transferSyntaxUid));
  const syntax = transferSyntax !== undefined && others.length === 0 && { transferSyntax };
  const { type } = chooseOffer(request, [
    { type: 'multipart/related', part: DICOM, ...syntax },
    ...(params.instance === undefined ? [] : [{ type: DICOM, ...syntax }]),
  ]);
  const [first] = instances;
  if (type === DICOM && first) {
    const headers = {
      'content-type': DICOM,
      'content-length': String(first.bytes),
      // What a preamble hides (PS3.10 7.1) runs nowhere.
      'content-disposition': contentDisposition('attachment', `${first.sopUid}.dcm`),
    };
    return { headers, body: await objects.read(dicomKey(first)) };
  }
  const parts = instances.map((instance) => partOf(instance, origin));
  requireStreamable(parts);
  const files = mapInOrder(
    instances,
    AT_ONCE,
    (instance) => objects.read(dicomKey(instance)),
    (file) => file.destroy(),
  );
  return multipartRelated(DICOM, parts, files);
}

const partOf = ({ studyUid: study, seriesUid: series, ...instance }: DicomInstance, origin: string) => ({
  contentType: `${DICOM}; transfer-syntax=${instance.transferSyntaxUid}`,
  location: origin + dicomWebPath({ study, series, instance: instance.sopUid }),
  bytes: instance.bytes,
});

export const handler = serveStream(operation, handle, { dicomStore, objects });
