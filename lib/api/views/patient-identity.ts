import * as z from 'zod';
import { PatientId } from '../../domain/identifiers.ts';
import { type Patient, PatientDetails, PatientName } from '../../domain/patients/patient.ts';

/** What is shown of a patient above their images, so that people see whose these are. */
export const PatientIdentity = z.strictObject({
  patientId: PatientId,
  name: z.strictObject(PatientName.shape).nullable().describe('Null without an entry in the directory.'),
  birthDate: PatientDetails.shape.birthDate,
  sex: PatientDetails.shape.sex,
  isKnown: z
    .boolean()
    .describe('Whether the number is in the directory, or has images, studies or batches.')
    .meta({ examples: [true] }),
});
export type PatientIdentity = z.infer<typeof PatientIdentity>;

/** The identity of a number, with its entry in the directory, if there is one. */
export const toPatientIdentity = (
  patientId: string,
  entry: Patient | undefined,
  isKnown: boolean,
): PatientIdentity => ({
  patientId,
  name: entry?.name ?? null,
  birthDate: entry?.birthDate ?? null,
  sex: entry?.sex ?? null,
  isKnown: isKnown || entry !== undefined,
});
