import type { PersonRole } from '../access/roles.ts';
import { DomainError } from '../errors.ts';
import type { Person } from './person.ts';

/** A change of a person. */
export interface PersonChange {
  role?: PersonRole | undefined;
  patientId?: string | undefined;
  isEnabled?: boolean | undefined;
}

/**
 * Refuses a patient without a number, and a number for anybody else: it decides whose images a patient sees.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireNumberOfPatient(
  role: PersonRole | undefined,
  given: string | undefined,
  stored = given,
) {
  const details =
    role === 'patient'
      ? stored === undefined && ['patient_id is required for a patient']
      : given !== undefined && ['patient_id is only for a patient'];
  if (details) throw new DomainError('BAD_REQUEST', 'Validation failed', { details });
}

/**
 * Refuses a change of the caller's own role or account: who locks out oneself cannot undo it.
 *
 * @throws DomainError CONFLICT
 */
export function requireOther(caller: { subject: string }, { subject }: Person): void {
  if (caller.subject === subject)
    throw new DomainError('CONFLICT', 'Nobody changes their own role or account: another admin can.');
}

/** Whether there is one admin less after the change. */
export const takesAdminAway = (person: Person, { role = person.role, isEnabled = true }: PersonChange) =>
  person.role === 'admin' && person.isEnabled && (role !== 'admin' || !isEnabled);

/** Without an admin, nobody could make one any more. */
export const lastAdmin = () =>
  new DomainError('CONFLICT', 'This is the last admin who can sign in: make somebody else an admin first.');
