import * as z from 'zod';
import { requireVisible } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import { CaseId, PatientId, Timestamp } from '../identifiers.ts';
import { Assignment } from '../patients/assignment.ts';
import { Reason } from '../reason.ts';

/** A case. It belongs to one patient. */
export const Case = z.object({
  id: CaseId,
  patientId: PatientId,
  /**
   * Whether only its patient has used the case. Then its number does not prove which patient the clinic means by it.
   */
  usedByPatientOnly: z.boolean(),
  /** The number of its `ready` images. It changes only in the transaction that changes one of these images. */
  imageCount: z.int().default(0),
  /** Its last assignment to another patient, with its images or without them. */
  assignment: Assignment.extend({ withImages: z.boolean() }).optional(),
  /** Since when its images are not yet moved with it. */
  unsettledSince: Timestamp.optional(),
  /** When its last image arrived, even if that image was deleted since. */
  lastImageAt: Timestamp.optional(),
  /** Seconds since 1970 until which the case is only claimed: no image of it has arrived yet. */
  expiresAt: z.int().optional(),
});
export type Case = z.infer<typeof Case>;

/**
 * Returns the patient to whom an image of the case belongs: a patient's own id, else the given one, else the case's.
 *
 * The case's patient is used only if staff opened the case and one of its images has arrived. Otherwise a patient who
 * guesses a case number, or a mistyped number, would put another person's images into the wrong record.
 *
 * @throws DomainError NOT_FOUND if a patient uses another patient's case, CONFLICT if the case belongs to another
 *   patient, BAD_REQUEST if no patient is given or known
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
  if (known && known.patientId !== patientId && !canChangePatient(known))
    throw caseConflict(known.id, patientId);
  return patientId;
}

/** Whether the clinic may use the number for any patient: only a patient has used it, and it holds no image. */
export const canChangePatient = ({ usedByPatientOnly, imageCount }: Case): boolean =>
  usedByPatientOnly && imageCount === 0;

/** Whose an image of the case is that was sent for a patient before the case was moved with its images; else undefined. */
export const patientOfMovedCase = ({ patientId, assignment }: Case, sentFor: string | undefined) =>
  assignment?.withImages && assignment.from === sentFor ? patientId : undefined;

/** The error for an image of a second patient in a case. */
export const caseConflict = (caseId: string, patientId: string) =>
  new DomainError('CONFLICT', 'The case belongs to another patient.', {
    details: [`caseId ${caseId} holds images of another patient than ${patientId}`],
  });

/** Request to assign a case to another patient. */
export const AssignCase = z.strictObject({
  patientId: PatientId,
  reason: Reason.optional().describe('Required if the clinic has used the case: its images move with it.'),
});

/** Response to {@link AssignCase}. */
export const AssignedCase = z.strictObject({
  id: CaseId,
  patientId: PatientId,
  previousPatientId: PatientId.describe('Send it to undo the assignment.'),
  assignedAt: Timestamp,
  imagesLeft: z
    .int()
    .describe('Images that are in no case any more: those that a patient sent, who keeps them.')
    .meta({ examples: [0] }),
});

/**
 * Refuses to move a case that the clinic has used, and so its images, without a reason.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireReason({ usedByPatientOnly }: Case, reason: string | undefined): void {
  if (usedByPatientOnly || reason !== undefined) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: ['reason is required: the clinic has used the case, and its images move with it'],
  });
}

/** A case that has received an image. Before that it is only claimed, and not in any list. */
export const CaseWithImages = Case.extend({ lastImageAt: Timestamp });
export type CaseWithImages = z.infer<typeof CaseWithImages>;
