import { dicomWebPath } from '../../api/dicomweb.ts';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { mapInOrder } from '../../domain/in-order.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { multipartRelated } from '../../lambda/http/multipart-related.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { FileDeps } from './dicom-files.ts';
import { requireStreamable } from './response-size.ts';

export const DICOM = 'application/dicom';

/** Files that are opened ahead of the one that is being sent. */
const AT_ONCE = 4;

type ReadDeps = Pick<FileDeps, 'objects'>;

/** The file of an instance as the body. */
export const fileResponse = async (instance: DicomInstance, { objects }: ReadDeps) => ({
  headers: {
    'content-type': DICOM,
    'content-length': String(instance.bytes),
    // What a preamble hides (PS3.10 7.1) runs nowhere.
    'content-disposition': contentDisposition('attachment', `${instance.sopUid}.dcm`),
  },
  body: await objects.read(dicomKey(instance)),
});

/** The files of instances, each as a part of the body. */
export function filesResponse(instances: readonly DicomInstance[], origin: string, { objects }: ReadDeps) {
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
