import { recordAccess } from '../audit/audit-context.ts';
import { DomainError } from '../errors.ts';
import type { Caller } from './caller.ts';
import { mayDelete, mayErase } from './roles.ts';
import { opensEveryPatient, type Scope } from './scope.ts';

interface OwnedByPatient {
  id?: string | undefined;
  patientId?: string | null | undefined;
}

/**
 * Whether the caller may learn that a resource of this patient exists. A service has the scopes that the operation accepts
 * ({@link requireScope}): those for records give no access through a patient, but through the record that it names
 * (`record-image.ts`).
 */
export function maySee(caller: Caller, patientId: string | null | undefined): boolean {
  if (caller.role === 'service') return opensEveryPatient(caller.scopes);
  return caller.role === 'patient' ? caller.patientId === patientId : true;
}

/**
 * Returns the caller; a service only with those scopes of its key that the operation accepts, so that no other scope has an effect
 * in it.
 *
 * @throws DomainError FORBIDDEN if the key has none of them
 */
export function requireScope(caller: Caller, accepted: readonly Scope[]): Caller {
  if (caller.role !== 'service') return caller;
  const scopes = caller.scopes.filter((scope) => accepted.includes(scope));
  if (scopes.length > 0) return { ...caller, scopes };
  throw new DomainError('FORBIDDEN', 'Insufficient permissions', {
    details: [`the scopes of the key must have ${accepted.join(' or ')}`],
  });
}

/**
 * Returns the resource if it exists and the caller may access it.
 *
 * A missing resource and another patient's resource give the same response, byte for byte, so that nobody can probe
 * ids.
 *
 * @throws DomainError NOT_FOUND
 */
export function requireVisible<T extends OwnedByPatient>(
  caller: Caller,
  resource: T | undefined,
  kind: string,
): T {
  if (resource) recordAccess(caller, kind, resource);
  if (resource && maySee(caller, resource.patientId)) return resource;
  throw new DomainError('NOT_FOUND', `There is no such ${kind}.`);
}

/**
 * Refuses callers who request another patient's record.
 *
 * @throws DomainError NOT_FOUND, the same as for an unknown patient
 */
export function requirePatient(caller: Caller, patientId: string): void {
  requireVisible(caller, { patientId }, 'patient');
}

/**
 * Refuses callers who may not delete. Call {@link requireVisible} first: otherwise the 403 reveals that the resource exists.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayDelete(caller: Caller): void {
  if (mayDelete(caller.role)) return;
  throw new DomainError('FORBIDDEN', 'Only doctors and admins may delete.', {
    details: [`your role is ${caller.role}; expected doctor or admin`],
  });
}

/**
 * Refuses callers who may not erase at once. Call {@link requireVisible} first, as for {@link requireMayDelete}.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayErase({ role }: Caller): void {
  if (mayErase(role)) return;
  throw new DomainError('FORBIDDEN', 'Only admins may erase.', {
    details: [`your role is ${role}; without \`erase\`, the deletion can be undone for some days`],
  });
}
