import * as z from 'zod';
import { visible } from './access.ts';
import type { Caller } from './caller.ts';
import { DomainError } from './errors.ts';
import { CaseId, PatientId } from './identifiers.ts';

/** A case and the one patient whom it is about. */
export const Case = z.object({
  id: CaseId,
  patientId: PatientId,
  /** Opened by the patient, so that its number says nothing of whom the clinic means by it. */
  openedByPatient: z.boolean().default(false),
  /** Seconds since 1970 until which the case is only claimed: no image of it has arrived yet. */
  expiresAt: z.int().optional(),
});
export type Case = z.infer<typeof Case>;

/**
 * The patient whom an image of the case belongs to: a patient's own id, else the given one, else the case's.
 *
 * The last only where staff opened the case and an image of it has arrived: or else a patient who guesses a case
 * number, or a slip of the keyboard, would draw another person's images into a record that is not theirs.
 *
 * @throws DomainError NOT_FOUND for a patient in another's case, CONFLICT for another patient than the case's,
 *   BAD_REQUEST where nobody is named
 */
export function patientOfCase(caller: Caller, known: Case | undefined, given: string | undefined): string {
  if (caller.role === 'patient') {
    if (known) visible(caller, known, 'case');
    visible(caller, { patientId: given ?? caller.patientId }, 'patient');
    return caller.patientId;
  }
  const settled = known && known.expiresAt === undefined && !known.openedByPatient;
  const patientId = given ?? (settled ? known.patientId : undefined);
  if (patientId === undefined) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: ['patientId is required until the clinic’s first image of the case has arrived'],
    });
  }
  if (known && known.patientId !== patientId) throw anotherPatientsCase(known.id, patientId);
  return patientId;
}

/** The answer to a second patient's image in a case. */
export const anotherPatientsCase = (caseId: string, patientId: string) =>
  new DomainError('CONFLICT', 'The case belongs to another patient.', {
    details: [`caseId ${caseId} holds images of another patient than ${patientId}`],
  });
