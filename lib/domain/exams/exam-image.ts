import * as z from 'zod';
import type { Caller } from '../access/caller.ts';
import { Source } from '../access/source.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { DicomUid } from '../dicom/uids.ts';
import { DomainError } from '../errors.ts';
import { Id, Timestamp } from '../identifiers.ts';

/** The metadata of a registered exam image, without its bytes. */
export const ExamImage = z.object({
  id: Id,
  examId: Id,
  studyInstanceUid: DicomUid,
  seriesInstanceUid: DicomUid,
  sopInstanceUid: DicomUid,
  acquiredAt: Timestamp,
  modality: z.string(),
  description: z.string(),
  url: z.string().nullable(),
  registeredAt: Timestamp,
  registeredBy: z.string(),
  /** Drawn for the request that registered it, so that its repetition is not refused. */
  registration: Id,
  /** Who sent the DICOM instance with the same UIDs, once it is stored. */
  storedBy: Source.optional(),
});
export type ExamImage = z.infer<typeof ExamImage>;

/** The stored instance to which an exam image is linked. */
interface StoredInstance {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  source: Source;
}

/** Returns the image with its stored instance, if the instance has the UIDs under which the image was registered. */
export function linkedToInstance(image: ExamImage, instance: StoredInstance | undefined): ExamImage {
  const isSame =
    instance?.sopUid === image.sopInstanceUid &&
    instance.seriesUid === image.seriesInstanceUid &&
    instance.studyUid === image.studyInstanceUid;
  return isSame ? { ...image, storedBy: instance.source } : image;
}

/**
 * Whether the caller may access all exams and register images. A registered image names no patient; only the stored
 * DICOM instance does.
 */
export const maySeeExams = ({ role }: Caller): boolean =>
  role === 'staff' || role === 'doctor' || role === 'admin';

/** Returns the patient of a stored instance; null if its study is unassigned, undefined if the instance is deleted. */
export type PatientOfInstance = (
  image: Pick<ExamImage, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'>,
) => Promise<string | null | undefined>;

/**
 * Returns the patient of the image; null if only the clinic may see it, and undefined if nobody may, because its instance
 * is deleted. An instance that a patient sent does not count: a patient could upload a file with the UIDs of another
 * patient's exam.
 */
export async function patientOfExamImage(
  image: ExamImage,
  patientOfInstance: PatientOfInstance,
): Promise<string | null | undefined> {
  if (!image.storedBy) return null;
  const patientId = await patientOfInstance(image);
  return patientId !== undefined && image.storedBy !== 'clinic' ? null : patientId;
}

/** Whether the caller may access an image of this patient. Patients may access only images stored as theirs. */
export const maySeeExamImage = (caller: Caller, patientId: string | null | undefined): boolean =>
  patientId !== undefined &&
  (maySeeExams(caller) || (caller.role === 'patient' && caller.patientId === patientId));

/**
 * Returns the image if it exists and the caller may access it.
 *
 * @throws DomainError NOT_FOUND, with the same message in both cases
 */
export async function requireVisibleExamImage(
  caller: Caller,
  image: ExamImage | undefined,
  patientOfInstance: PatientOfInstance,
): Promise<ExamImage> {
  if (image) {
    const patientId = await patientOfExamImage(image, patientOfInstance);
    recordAccess(caller, 'exam image', { id: image.id, patientId });
    if (maySeeExamImage(caller, patientId)) return image;
  }
  throw new DomainError('NOT_FOUND', 'There is no such image.');
}

/**
 * Refuses callers who may not access an exam, as if it did not exist.
 *
 * @throws DomainError NOT_FOUND
 */
export function requireExam(mayKnow: boolean): void {
  if (!mayKnow) throw new DomainError('NOT_FOUND', 'There is no such exam.');
}

/** The error for an image that is already registered in the exam. */
export const alreadyRegistered = ({ examId, sopInstanceUid }: ExamImage) =>
  new DomainError('CONFLICT', 'Image already exists', {
    details: [`sopInstanceUID ${sopInstanceUid} is registered in the exam ${examId}`],
  });
