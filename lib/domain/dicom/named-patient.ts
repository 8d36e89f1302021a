import * as z from 'zod';
import { PatientId } from '../identifiers.ts';

/** The patient whom a DICOM file names, as `lib/media` reads it: null where the file does not say. */
export const NamedPatient = z.object({ id: z.string().nullable(), issuer: z.string().nullable() });
export type NamedPatient = z.infer<typeof NamedPatient>;

/**
 * The patient of this clinic whom a file names, or null where it names none: a number of another issuer is the number of
 * another person, and one that is not written as ours can't be one of ours.
 *
 * @param ownIssuers what the clinic's own devices write as Issuer of Patient ID; a file without an issuer is the clinic's
 */
export function patientOf({ id, issuer }: NamedPatient, ownIssuers: readonly string[]): string | null {
  if (issuer !== null && !ownIssuers.includes(issuer)) return null;
  return PatientId.safeParse(id).data ?? null;
}

/** A named patient as one text: equal where both parts are. */
export const patientKey = ({ id, issuer }: NamedPatient): string => JSON.stringify([id, issuer]);
