import * as z from 'zod';
import type { Caller } from '../access/caller.ts';
import { Source } from '../access/source.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { DicomUid } from '../dicom/uids.ts';
import { DomainError } from '../errors.ts';
import { Id, Timestamp } from '../identifiers.ts';

/** A picture of an exam as it is registered: what is known of it, without its bytes. */
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
  /** Who sent the DICOM instance of the same UIDs, once that is stored. */
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

/** The picture with its stored instance, where that has the UIDs under which it was registered. */
export function linkedToInstance(image: ExamImage, instance: StoredInstance | undefined): ExamImage {
  const isSame =
    instance?.sopUid === image.sopInstanceUid &&
    instance.seriesUid === image.seriesInstanceUid &&
    instance.studyUid === image.studyInstanceUid;
  return isSame ? { ...image, storedBy: instance.source } : image;
}

/**
 * Whether the caller may know of all exams, and register their pictures: what is registered here names no patient, only
 * the stored DICOM instance says whose it is.
 */
export const maySeeExams = ({ role }: Caller): boolean =>
  role === 'staff' || role === 'doctor' || role === 'admin';

/** Whose study a picture is of: the patient's id; null where the study is nobody's or not stored. */
export type PatientOfStudy = (studyUid: string) => Promise<string | null>;

/**
 * The patient whose picture it is, or null where it is only the clinic's. What a patient sent makes no picture theirs:
 * anyone could, with a file that claims the UIDs of another's exam.
 */
export const patientOfExamImage = async (
  { storedBy, studyInstanceUid }: ExamImage,
  patientOfStudy: PatientOfStudy,
): Promise<string | null> => (storedBy === 'clinic' ? patientOfStudy(studyInstanceUid) : null);

/** Whether the caller may know of a picture of this patient: patients of what is stored as theirs, and of nothing else. */
export const maySeeExamImage = (caller: Caller, patientId: string | null): boolean =>
  maySeeExams(caller) || (caller.role === 'patient' && caller.patientId === patientId);

/**
 * The picture, if it exists and the caller may know of it.
 *
 * @throws DomainError NOT_FOUND, in the same words for both
 */
export async function requireVisibleExamImage(
  caller: Caller,
  image: ExamImage | undefined,
  patientOfStudy: PatientOfStudy,
): Promise<ExamImage> {
  if (image) {
    const patientId = await patientOfExamImage(image, patientOfStudy);
    recordAccess(caller, 'exam image', { id: image.id, patientId });
    if (maySeeExamImage(caller, patientId)) return image;
  }
  throw new DomainError('NOT_FOUND', 'There is no such image.');
}

/**
 * Refuses whoever may not know of an exam, as if there were none.
 *
 * @throws DomainError NOT_FOUND
 */
export function requireExam(mayKnow: boolean): void {
  if (!mayKnow) throw new DomainError('NOT_FOUND', 'There is no such exam.');
}

/** The answer to a picture that the exam has already. */
export const alreadyRegistered = ({ examId, sopInstanceUid }: ExamImage) =>
  new DomainError('CONFLICT', 'Image already exists', {
    details: [`sopInstanceUID ${sopInstanceUid} is registered in the exam ${examId}`],
  });
