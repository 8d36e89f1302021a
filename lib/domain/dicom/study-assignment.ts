import * as z from 'zod';
import type { Caller } from '../access/caller.ts';
import { mayReassign } from '../access/roles.ts';
import { recordAccess, recordReason } from '../audit/audit-context.ts';
import { DomainError } from '../errors.ts';
import { PatientId, Timestamp } from '../identifiers.ts';
import { Reason } from '../reason.ts';
import type { DicomStudy } from './dicom-instance.ts';
import { StudyUid } from './uids.ts';

/** Request to assign a study. */
export const AssignStudy = z.strictObject({
  patientId: PatientId.nullable().describe(
    'Whose the study becomes; null: nobody’s, so that no patient sees it.',
  ),
  reason: Reason.optional().describe(
    'Required to take the study from a patient, unless that undoes the last move.',
  ),
});

/** Response to {@link AssignStudy}. */
export const AssignedStudy = z.strictObject({
  studyInstanceUID: StudyUid,
  patientId: PatientId.nullable(),
  previousPatientId: PatientId.nullable().describe('Send it to undo the assignment.'),
  assignedAt: Timestamp,
});

/**
 * Refuses callers who may not assign the study to this patient. Staff may assign an unassigned study and undo that.
 * Only doctors and admins may move a study from one patient to another, and they must say why.
 *
 * @throws DomainError FORBIDDEN, BAD_REQUEST without a reason
 */
export function requireMayAssign(
  caller: Caller,
  study: DicomStudy,
  { patientId, reason }: z.output<typeof AssignStudy>,
): void {
  recordAccess(caller, 'study', { id: study.studyUid, patientId: study.patientId });
  recordAccess(caller, 'study', { patientId });
  recordReason(caller, reason);
  const isNobodys = study.patientId === null;
  const isTakenBack = patientId === null && study.assignment?.from === null;
  if (!mayReassign(caller.role) && !isNobodys && !isTakenBack) {
    throw new DomainError('FORBIDDEN', 'Only doctors and admins may take a study from a patient.', {
      details: [`your role is ${caller.role}; expected doctor or admin`],
    });
  }
  if (patientId === study.patientId) return;
  const isUndone = study.assignment?.from === patientId;
  if (isNobodys || isUndone || reason !== undefined) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: ['reason is required to take a study from a patient'],
  });
}
