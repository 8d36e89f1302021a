import * as z from 'zod';
import type { Caller } from './caller.ts';
import { DomainError } from './errors.ts';
import { Id, Text, Timestamp } from './identifiers.ts';
import { Source } from './source.ts';
import { note } from './trail.ts';

/** A DICOM unique identifier (PS3.5, 9.1), a little wider than the standard: old devices write leading zeros. */
export const DicomUid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/, { error: 'must be a DICOM UID: numbers with dots between them' });

const EXAMPLE_SOP_UID = '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1';

/** The UIDs of a study, of a series in it and of an instance in that. */
export const StudyUid = DicomUid.meta({
  examples: ['1.2.840.113619.2.15.1008000062035011254.825190719.2.31'],
});
export const SeriesUid = DicomUid.meta({
  examples: ['1.2.840.113619.2.15.1008000062035011254.825190719.1.31'],
});
export const SopUid = DicomUid.meta({ examples: [EXAMPLE_SOP_UID] });

/** Where a picture is. */
const ImageUrl = z.string().meta({ examples: [`/dicom/wado/${EXAMPLE_SOP_UID}`] });

/** The id of an exam in the clinic's own system. */
export const ExamId = Id.meta({ examples: ['c627b932-4370-4123-bad4-a81be00dad8d'] });

/** A moment or a day, which stands for its first moment; kept in UTC. */
const AcquisitionDate = z
  .union([Timestamp, z.iso.date()], { error: 'must be an ISO 8601 time with a time zone, or a date' })
  .transform((text) => new Date(text).toISOString())
  .pipe(Timestamp);

/** A path of this service, or a page elsewhere that is encrypted; browsers run a `javascript:` URL. */
const isLink = (text: string) => {
  // `//host` and, to a browser, `/\host` lead elsewhere, and it leaves out tabs and line breaks.
  if (/^\/(?![/\\])[^\s\\]*$/.test(text)) return true;
  if (!/^https:\/\/[^\s\\]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
};

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

/** What a client says of a picture of an exam, in the field style of the Exams endpoints. */
export const CreateImageMedicale = z.strictObject({
  examenID: ExamId,
  studyInstanceUID: StudyUid,
  seriesInstanceUID: SeriesUid,
  sopInstanceUID: SopUid,
  dateAcquisition: AcquisitionDate.describe('ISO 8601: a time with its zone, or a date.'),
  modalite: Text.trim()
    .min(1)
    .max(64)
    .describe('CT, MR, …')
    .meta({ examples: ['CT'] }),
  description: Text.max(2000).meta({ examples: ['Chest CT scan'] }),
  url: ImageUrl.max(2048)
    .refine(isLink, { error: 'must be a path of this service or an https URL' })
    .nullable()
    .default(null)
    .describe('Where the picture is: a path of this service or an https URL.'),
});

/** A picture of an exam in the field style of the Exams endpoints. */
export const ImageMedicale = z.strictObject({
  imageID: Id,
  examenID: ExamId,
  studyInstanceUID: StudyUid,
  seriesInstanceUID: SeriesUid,
  sopInstanceUID: SopUid,
  dateAcquisition: Timestamp,
  modalite: CreateImageMedicale.shape.modalite,
  description: CreateImageMedicale.shape.description,
  url: ImageUrl.nullable(),
  source: Source.nullable().describe('Who sent the DICOM file; null where there is none yet.'),
});

/** The picture as the Exams endpoints show it. */
export const toImageMedicale = (image: ExamImage): z.infer<typeof ImageMedicale> => ({
  imageID: image.id,
  examenID: image.examId,
  studyInstanceUID: image.studyInstanceUid,
  seriesInstanceUID: image.seriesInstanceUid,
  sopInstanceUID: image.sopInstanceUid,
  dateAcquisition: image.acquiredAt,
  modalite: image.modality,
  description: image.description,
  url: image.url ?? (image.storedBy ? `/dicom/wado/${image.sopInstanceUid}` : null),
  source: image.storedBy ?? null,
});

/** An exam's picture that someone registers. */
export const newExamImage = (
  given: z.output<typeof CreateImageMedicale>,
  id: string,
  caller: Caller,
  now: Date,
): ExamImage => ({
  id,
  examId: given.examenID,
  studyInstanceUid: given.studyInstanceUID,
  seriesInstanceUid: given.seriesInstanceUID,
  sopInstanceUid: given.sopInstanceUID,
  acquiredAt: given.dateAcquisition,
  modality: given.modalite,
  description: given.description,
  url: given.url,
  registeredAt: now.toISOString(),
  registeredBy: caller.subject,
});

/** What a picture is tied to: the stored instance with its UIDs. */
interface Stored {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  source: Source;
}

/** The picture with its stored instance, where that has the UIDs under which it was registered. */
export function tied(image: ExamImage, instance: Stored | undefined): ExamImage {
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
export async function visibleExamImage(
  caller: Caller,
  image: ExamImage | undefined,
  patientOfStudy: PatientOfStudy,
): Promise<ExamImage> {
  if (image) {
    const patientId = await patientOfExamImage(image, patientOfStudy);
    note(caller, 'exam image', { id: image.id, patientId });
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
