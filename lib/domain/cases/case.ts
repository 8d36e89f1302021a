import * as z from 'zod';
import { requireVisible } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import { CaseId, PatientId, Timestamp } from '../identifiers.ts';

/** A case and the one patient whom it is about. */
export const Case = z.object({
  id: CaseId,
  patientId: PatientId,
  /** Whether only its patient has used it, so that its number says nothing of whom the clinic means by it. */
  usedByPatientOnly: z.boolean(),
  /** Its `ready` images: changed only in the transaction that changes one of them. */
  imageCount: z.int().default(0),
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
    if (known) requireVisible(caller, known, 'case');
    requireVisible(caller, { patientId: given ?? caller.patientId }, 'patient');
    return caller.patientId;
  }
  const settled = known && known.expiresAt === undefined && !known.usedByPatientOnly;
  const patientId = given ?? (settled ? known.patientId : undefined);
  if (patientId === undefined) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: ['patientId is required until the clinic’s first image of the case has arrived'],
    });
  }
  if (known && known.patientId !== patientId && !isFree(known)) throw caseConflict(known.id, patientId);
  return patientId;
}

/** Whether the clinic may use the number for anyone: only a patient has used it, and it holds no image, or none any more. */
export const isFree = ({ usedByPatientOnly, imageCount }: Case): boolean =>
  usedByPatientOnly && imageCount === 0;

/** The answer to a second patient's image in a case. */
export const caseConflict = (caseId: string, patientId: string) =>
  new DomainError('CONFLICT', 'The case belongs to another patient.', {
    details: [`caseId ${caseId} holds images of another patient than ${patientId}`],
  });

/** To whom the clinic gives the number of a case that only a patient has used. */
export const AssignCase = z.strictObject({ patientId: PatientId });

/** What became of it. */
export const AssignedCase = z.strictObject({
  id: CaseId,
  patientId: PatientId,
  imagesLeft: z
    .int()
    .describe('Images that are in no case any more: those of another patient, who keeps them.')
    .meta({ examples: [0] }),
});

/**
 * Refuses to give away a case that the clinic has used.
 *
 * @throws DomainError CONFLICT
 */
export function requireUsedByPatientOnly({ id, usedByPatientOnly }: Case): void {
  if (usedByPatientOnly) return;
  throw new DomainError('CONFLICT', 'The clinic has used this case.', {
    details: [
      `caseId ${id} holds images of the clinic; only a number that none but a patient has used is given away`,
    ],
  });
}

/** A case to which an image has come: until then it is only claimed, and stands in no list. */
export const BegunCase = Case.extend({
  /** When its last image arrived, whatever became of that since. */
  lastImageAt: Timestamp,
});
export type BegunCase = z.infer<typeof BegunCase>;
