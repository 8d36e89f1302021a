import * as z from 'zod';
import type { DicomDeletion } from '../../domain/dicom/dicom-deletion.ts';
import { deletedPath, levelOf } from '../../domain/dicom/dicom-deletion.ts';
import { attributeText, type DicomStudy, searchTermsOf } from '../../domain/dicom/dicom-instance.ts';
import { SeriesUid, SopUid, StudyUid } from '../../domain/dicom/uids.ts';
import { PatientId, Subject, Timestamp } from '../../domain/identifiers.ts';

/** A deleted study, series or instance. */
export const DeletedDicom = z.strictObject({
  level: z.enum(['study', 'series', 'instance']).describe('What was deleted.'),
  study_instance_uid: StudyUid,
  series_instance_uid: SeriesUid.optional(),
  sop_instance_uid: SopUid.optional(),
  patient_id: PatientId.nullable(),
  study_date: z
    .string()
    .meta({ examples: ['20250601'] })
    .describe('Of the files; empty if they have none.'),
  study_description: z.string().meta({ examples: ['Chest CT'] }),
  deleted_at: Timestamp,
  deleted_by: Subject,
  restorable_until: Timestamp.describe('From then on it can no longer be restored.'),
});
export type DeletedDicom = z.infer<typeof DeletedDicom>;

export const toDeletedDicom = (deletion: DicomDeletion, study: DicomStudy): DeletedDicom => ({
  level: levelOf(deletedPath(deletion)),
  study_instance_uid: deletion.studyUid,
  series_instance_uid: deletion.seriesUid,
  sop_instance_uid: deletion.sopUid,
  patient_id: study.patientId,
  study_date: searchTermsOf(study).dateTime.slice(0, 8),
  study_description: attributeText(study.attributes, '00081030'),
  deleted_at: deletion.deletedAt,
  deleted_by: deletion.deletedBy,
  restorable_until: new Date(deletion.expiresAt * 1000).toISOString(),
});
