import { DicomStore } from '../../../lib/data/dicom.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { chooseOffer } from '../../../lib/domain/accept.ts';
import type { DicomInstance } from '../../../lib/domain/dicom-instance.ts';
import { dicomWebPath } from '../../../lib/domain/dicom-web.ts';
import { inOrder } from '../../../lib/domain/in-order.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import { multipartRelated } from '../../../lib/http/multipart-related.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { requireStreamable } from '../streamable.ts';
import { instancesAt, type Things } from '../things.ts';
import { operation } from './operation.ts';

interface Deps {
  dicom: Things;
  objects: Pick<ObjectReader, 'read'>;
}

const DICOM = 'application/dicom';

/** Files that are opened ahead of the one that is being sent. */
const AT_ONCE = 4;

export async function handle(request: Request<typeof operation>, { dicom, objects }: Deps) {
  const { caller, params, origin } = request;
  const instances = await instancesAt(caller, params, dicom);
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
      'content-disposition': disposition('attachment', `${first.sopUid}.dcm`),
    };
    return { headers, body: await objects.read(dicomKey(first)) };
  }
  const parts = instances.map((instance) => partOf(instance, origin));
  requireStreamable(parts);
  const files = inOrder(
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

export const handler = serveStream(operation, handle, () => ({
  dicom: new DicomStore(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
}));
