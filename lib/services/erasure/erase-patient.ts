import type { Annotations } from '../../data/annotations/annotations.ts';
import type { Batches } from '../../data/batches.ts';
import type { DicomDeletions } from '../../data/dicom/dicom-deletions.ts';
import type { PatientErasures } from '../../data/erasure/patient-erasures.ts';
import type { PatientInventories } from '../../data/erasure/patient-inventories.ts';
import type { DeletedImages } from '../../data/images/deleted-images.ts';
import type { ImageRemovals } from '../../data/images/image-removals.ts';
import { deletionBy } from '../../domain/deletion.ts';
import { newDicomDeletion } from '../../domain/dicom/dicom-deletion.ts';
import type { DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Image } from '../../domain/images/image.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import {
  type Erasure,
  isEmpty,
  type PatientInventory,
  requireNothingHeld,
} from '../../domain/patients/erasure.ts';
import { type EraseDeps as DicomDeps, eraseDicom } from '../dicom/erase-dicom.ts';
import { eraseImage, type EraseDeps as ImageDeps } from '../images/erase-image.ts';

export interface ErasePatientDeps extends ImageDeps, DicomDeps {
  imageRemovals: Pick<ImageRemovals, 'erase'>;
  annotations: Pick<Annotations, 'eraseAllOf'>;
  batches: Pick<Batches, 'erase'>;
  deletedImages: Pick<DeletedImages, 'eraseAllOf'>;
  dicomDeletions: Pick<DicomDeletions, 'getOf' | 'delete' | 'erase'>;
  patientErasures: Pick<PatientErasures, 'end'>;
  patientInventories: Pick<
    PatientInventories,
    | 'of'
    | 'instancesOf'
    | 'isRemoved'
    | 'removeDeletedImage'
    | 'removeCase'
    | 'removeExamImages'
    | 'removeDirectoryEntry'
  >;
  limits: Limits;
  newId: () => string;
}

/** Images erased at once; more would wait for the amount of the patient, which each of them changes. */
const AT_ONCE = 4;

/** Runs until an index that is some seconds behind lists nothing more. */
const PASSES = 5;

/**
 * Erases everything of a patient: images, batches, cases, studies and the entry in the directory, with what is deleted and could be
 * restored. What arrives of the patient meanwhile is erased, too.
 *
 * Each step removes an item only if it is under no legal hold, and then its objects. If the function ends between the two, the
 * function that erases the objects of every removed item does it. So all of this may be repeated, and a run that ended early is
 * continued by the next one.
 */
export async function erasePatient(erasure: Erasure, deps: ErasePatientDeps): Promise<void> {
  const { patientErasures, patientInventories, now } = deps;
  try {
    for (let pass = 1; pass <= PASSES; pass++) {
      const inventory = await patientInventories.of(erasure.patientId);
      if (isEmpty(inventory)) {
        await patientErasures.end(erasure, 'done', now());
        return;
      }
      requireNothingHeld(inventory);
      await erase(erasure, inventory, deps);
    }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'CONFLICT') throw error;
    await patientErasures.end(erasure, 'stopped', now());
    return;
  }
  throw new Error('something of a patient is left to erase');
}

async function erase(
  erasure: Erasure,
  { batches, cases, images, studies }: PatientInventory,
  deps: ErasePatientDeps,
): Promise<void> {
  const { annotations, patientInventories, exports, deletedImages } = deps;
  const { patientId } = erasure;
  await exports.endAllOf({ patientId });
  for (const { id } of batches) {
    // One that is held now keeps its images: the next pass finds the hold.
    if (!(await deps.batches.erase(id))) throw new DomainError('CONFLICT', 'A batch is under a legal hold.');
    await deletedImages.eraseAllOf(id);
    await annotations.eraseAllOf(id);
    await exports.endAllOf({ batchId: id });
  }
  for (let start = 0; start < images.length; start += AT_ONCE)
    await Promise.all(images.slice(start, start + AT_ONCE).map((image) => eraseOneImage(image, deps)));
  for (const each of cases) await patientInventories.removeCase(each);
  for (const study of studies) await eraseStudy(study, erasure, deps);
  await patientInventories.removeDirectoryEntry(patientId);
}

async function eraseOneImage(image: Image, deps: ErasePatientDeps): Promise<void> {
  if (image.status === 'deleted') await deps.patientInventories.removeDeletedImage(image);
  else await deps.imageRemovals.erase(image);
  // It may have been deleted, restored or held since it was listed: then the next pass decides.
  if (await deps.patientInventories.isRemoved(image)) await eraseImage(image, deps);
}

async function eraseStudy(study: DicomStudy, { by }: Erasure, deps: ErasePatientDeps): Promise<void> {
  const { dicomDeletions, patientInventories, limits, newId, now } = deps;
  for await (const { sopUid } of patientInventories.instancesOf(study))
    await patientInventories.removeExamImages(sopUid);
  if (study.deletionId === undefined) {
    const path = { study: study.studyUid };
    await dicomDeletions.delete(newDicomDeletion(path, deletionBy({ subject: by }, now(), limits), newId()));
  }
  const deletion = await dicomDeletions.getOf(study.studyUid);
  if (!deletion) return;
  await dicomDeletions.erase(deletion);
  await eraseDicom(deletion, deps);
}
