import type { Caller } from './caller.ts';
import { DomainError } from './errors.ts';
import { mayDelete } from './roles.ts';
import { note } from './trail.ts';

interface OfPatient {
  id?: string | undefined;
  patientId?: string | null | undefined;
}

/**
 * Whether the caller may know that something of this patient exists. What a service may see hangs on the record by
 * which it asks (`records.ts`), never on the patient alone.
 */
export const maySee = (caller: Caller, patientId: string | null | undefined): boolean =>
  caller.role === 'patient' ? caller.patientId === patientId : caller.role !== 'service';

/**
 * The thing, if it exists and the caller may know of it.
 *
 * What is not there and what is not theirs is one and the same answer, byte for byte: an id can't be probed.
 *
 * @throws DomainError NOT_FOUND
 */
export function visible<T extends OfPatient>(caller: Caller, thing: T | undefined, kind: string): T {
  if (thing) note(caller, kind, thing);
  if (thing && maySee(caller, thing.patientId)) return thing;
  throw new DomainError('NOT_FOUND', `There is no such ${kind}.`);
}

/**
 * Refuses callers who look into another patient's record.
 *
 * @throws DomainError NOT_FOUND, as for a patient of whom nothing is known
 */
export function requirePatient(caller: Caller, patientId: string): void {
  visible(caller, { patientId }, 'patient');
}

/**
 * Refuses callers who may not delete. Check {@link visible} first, or the 403 tells that the thing exists.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayDelete(caller: Caller): void {
  if (mayDelete(caller.role)) return;
  throw new DomainError('FORBIDDEN', 'Only doctors and admins may delete.', {
    details: [`your role is ${caller.role}; expected doctor or admin`],
  });
}
