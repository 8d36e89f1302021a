import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { dicomJsonKey, dicomKey } from '../../storage/object-keys.ts';
import type { Run } from './run.ts';

/** Examines the file of a DICOM instance and its metadata. The hash of the file is in its key. */
export async function examineInstance({ bucket, findings }: Run, instance: DicomInstance): Promise<void> {
  const [file, json] = await Promise.all([
    bucket.head(dicomKey(instance)),
    instance.metadata === undefined ? bucket.head(dicomJsonKey(instance)) : 'in the item',
  ]);
  if (!file) await findings.add('missingObject', dicomKey(instance));
  else if (file.bytes !== instance.bytes) await findings.add('otherObject', dicomKey(instance));
  if (!json) await findings.add('missingObject', dicomJsonKey(instance));
}
