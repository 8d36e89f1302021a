import * as z from 'zod';

/** A DICOM unique identifier (PS3.5, 9.1). Leading zeros are accepted, because old devices write them. */
export const DicomUid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/, { error: 'must be a DICOM UID: numbers with dots between them' });

export const EXAMPLE_SOP_UID = '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1';

/** The UIDs of a study, of its series and of their instances. */
export const StudyUid = DicomUid.meta({
  examples: ['1.2.840.113619.2.15.1008000062035011254.825190719.2.31'],
});
export const SeriesUid = DicomUid.meta({
  examples: ['1.2.840.113619.2.15.1008000062035011254.825190719.1.31'],
});
export const SopUid = DicomUid.meta({ examples: [EXAMPLE_SOP_UID] });

/** A study, a series or an instance, by UIDs. */
export interface DicomPath {
  study: string;
  series?: string | undefined;
  instance?: string | undefined;
}
