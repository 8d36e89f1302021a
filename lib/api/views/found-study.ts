import * as z from 'zod';
import {
  attributeText,
  type DicomStudy,
  dateDigits,
  modalitiesOf,
} from '../../domain/dicom/dicom-instance.ts';
import { StudyUid } from '../../domain/dicom/uids.ts';
import { Day, PatientId } from '../../domain/identifiers.ts';

/** A study that a search has found. */
export const FoundStudy = z.strictObject({
  studyUid: StudyUid,
  patientId: PatientId.nullable().describe('Null: it is unassigned.'),
  patientName: z
    .string()
    .describe('As in the files.')
    .meta({ examples: ['Yamada^Tarou'] }),
  day: Day.nullable(),
  modalities: z.array(z.string()).meta({ examples: [['CT']] }),
  description: z.string().meta({ examples: ['thorax'] }),
  accessionNumber: z.string().meta({ examples: ['A-2025-0815'] }),
  instances: z.int().meta({ examples: [180] }),
});
export type FoundStudy = z.infer<typeof FoundStudy>;

/** Converts a study to its format in searches. */
export function toFoundStudy(study: DicomStudy): FoundStudy {
  const { studyUid, patientId, attributes, instances } = study;
  const digits = dateDigits(attributeText(attributes, '00080020'));
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return {
    studyUid,
    patientId,
    patientName: attributeText(attributes, '00100010'),
    day: Day.safeParse(day).data ?? null,
    modalities: modalitiesOf(study),
    description: attributeText(attributes, '00081030'),
    accessionNumber: attributeText(attributes, '00080050'),
    instances,
  };
}
