import * as z from 'zod';
import { PatientId } from '../identifiers.ts';
import { normalizePatientId } from '../patients/normalize-patient-id.ts';

/** The patient that a DICOM file names, as `lib/media` reads it. Null: the file has no value. */
export const NamedPatient = z.object({ id: z.string().nullable(), issuer: z.string().nullable() });
export type NamedPatient = z.infer<typeof NamedPatient>;

/**
 * Returns the patient of this clinic that a file names, or null if it names none. A number of another issuer identifies
 * another person, and a number in another format is not one of this clinic.
 *
 * @param ownIssuers values of Issuer of Patient ID that the clinic's own devices write; a file without an issuer counts
 *   as the clinic's
 */
export function patientOf({ id, issuer }: NamedPatient, ownIssuers: readonly string[]): string | null {
  if (issuer !== null && !ownIssuers.includes(issuer)) return null;
  return PatientId.safeParse(id).data ?? null;
}

/** A named patient as one string. Two keys are equal if the normal forms of the id and the issuers are equal. */
export const patientKey = ({ id, issuer }: NamedPatient): string =>
  JSON.stringify([id === null ? null : normalizePatientId(id), issuer]);
