import * as z from 'zod';
import type { Caller } from '../../domain/access/caller.ts';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { EXAMPLE_SOP_UID, SeriesUid, SopUid, StudyUid } from '../../domain/dicom/uids.ts';
import type { ExamImage } from '../../domain/exams/exam-image.ts';
import { Id, Text, Timestamp } from '../../domain/identifiers.ts';

/** The URL of an image. */
const ImageUrl = z.string().meta({ examples: [`/dicom/wado/${EXAMPLE_SOP_UID}`] });

/** The id of an exam in the clinic's own system. */
export const ExamId = Id.meta({ examples: ['c627b932-4370-4123-bad4-a81be00dad8d'] });

/** A timestamp, or a date, which means its first moment; stored in UTC. */
const AcquisitionDate = z
  .union([Timestamp, z.iso.date()], { error: 'must be an ISO 8601 time with a time zone, or a date' })
  .transform((text) => new Date(text).toISOString())
  .pipe(Timestamp);

/** A path of this service, or an https URL. Others are refused, because browsers run a `javascript:` URL. */
const isLink = (text: string) => {
  // `//host`, and in browsers `/\host`, lead to another host. Browsers also ignore tabs and line breaks.
  if (/^\/(?![/\\])[^\s\\]*$/.test(text)) return true;
  if (!/^https:\/\/[^\s\\]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
};

/** Request to register an exam image, in the field style of the Exams endpoints. */
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

/** An exam image in the field style of the Exams endpoints. */
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
  source: PatientMark,
});

/** Converts an exam image to the format of the Exams endpoints. */
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
  ...markOf(image.storedBy),
});

/** Creates the record of a newly registered exam image. */
export const newExamImage = (
  given: z.output<typeof CreateImageMedicale>,
  { id, registration }: Pick<ExamImage, 'id' | 'registration'>,
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
  registration,
});
