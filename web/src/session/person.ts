import { displayNameOf } from '../../../lib/domain/access/display-name.ts';
import { mayDelete, mayReassign, type PersonRole, roleOfGroups } from '../../../lib/domain/access/roles.ts';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';

/** The signed-in user, as the token says. Only the service decides permissions. */
export interface Person {
  subject: string;
  name: string;
  role: PersonRole;
  /** The patient number of a patient. */
  patientId: string | undefined;
  mayDelete: boolean;
  mayReassign: boolean;
}

/** The user of a token's claims, or undefined if the user is in no group. */
export function personOf(claims: Record<string, unknown>): Person | undefined {
  const groups = claims['cognito:groups'] ?? claims.groups;
  const role = roleOfGroups(Array.isArray(groups) ? groups : []);
  const patientId = claims['custom:patient_id'];
  if (!role || (role === 'patient' && typeof patientId !== 'string')) return undefined;
  return {
    subject: String(claims.sub),
    name: displayNameOf(claims) ?? String(claims.sub),
    role,
    patientId: role === 'patient' ? normalizePatientId(String(patientId)) : undefined,
    mayDelete: mayDelete(role),
    mayReassign: mayReassign(role),
  };
}
