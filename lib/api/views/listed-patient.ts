import * as z from 'zod';
import { PatientId, Timestamp } from '../../domain/identifiers.ts';
import { type Patient, PatientDetails, PatientSource } from '../../domain/patients/patient.ts';

/** A patient of the directory. */
export const ListedPatient = z.strictObject({
  patientId: PatientId,
  ...PatientDetails.shape,
  updatedAt: Timestamp,
  source: PatientSource.describe('Whether a person wrote it; otherwise it is what DICOM files say.'),
});

/** Converts an entry of the directory to its format in responses. */
export const toListedPatient = ({
  patientId,
  name,
  birthDate,
  sex,
  formerNumbers,
  updatedAt,
  source,
}: Patient): z.infer<typeof ListedPatient> => ({
  patientId,
  name,
  birthDate,
  sex,
  formerNumbers,
  updatedAt,
  source,
});
