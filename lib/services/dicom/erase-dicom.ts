import type { DicomErasure } from '../../data/dicom/dicom-erasure.ts';
import type { DicomDeletion } from '../../domain/dicom/dicom-deletion.ts';
import { dicomJsonKey, dicomKey, seriesMetadataKey } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';

export interface EraseDeps {
  dicomErasure: Pick<DicomErasure, 'instancesOf' | 'remove' | 'finish'>;
  bucket: Pick<Objects, 'delete'>;
}

/**
 * Erases what was deleted, when its deletion can no longer be undone: first the objects, then the items. In this order, no
 * object is left to which no item refers.
 */
export async function eraseDicom(
  deletion: DicomDeletion,
  { dicomErasure, bucket }: EraseDeps,
): Promise<void> {
  for await (const instances of dicomErasure.instancesOf(deletion)) {
    const keys = instances.flatMap((each) => [dicomKey(each), dicomJsonKey(each), seriesMetadataKey(each)]);
    await bucket.delete([...new Set(keys)]);
    await dicomErasure.remove(instances);
  }
  await dicomErasure.finish(deletion);
}
