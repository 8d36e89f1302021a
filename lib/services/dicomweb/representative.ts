import type { Caller } from '../../domain/access/caller.ts';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { DomainError } from '../../domain/errors.ts';
import { type DicomResources, instanceAt, instancesOf, seriesAt } from './dicom-resources.ts';

/** Encapsulated PDF Storage (PS3.4, B.5). */
const isEncapsulatedPdf = ({ sopClassUid }: DicomInstance) => sopClassUid === '1.2.840.10008.5.1.4.1.1.104.1';

/**
 * Returns the instance that represents a resource: an instance itself; for a series, the middle one of its instances
 * with pixels; for a study, the one of its first series that has any. Otherwise it is an encapsulated PDF.
 */
export async function representativeAt(
  caller: Caller,
  path: DicomPath,
  dicom: DicomResources,
): Promise<DicomInstance> {
  if (path.instance !== undefined) return instanceAt(caller, path, dicom);
  for (const found of await seriesAt(caller, path, dicom)) {
    const instances = await instancesOf(found, dicom);
    const pictures = instances.filter(({ rows }) => rows !== undefined);
    const middle = pictures[Math.floor(pictures.length / 2)] ?? instances.find(isEncapsulatedPdf);
    if (middle) return middle;
  }
  throw new DomainError('NOT_FOUND', 'There is no picture of this.', {
    details: ['no instance in it has an image'],
  });
}
