import { mayDelete, mayReassign, type PersonRole, roleOfGroups } from '../../../lib/domain/access/roles.ts';

/** Who is signed in, as their token names them; what they may do decides the service alone. */
export interface Person {
  subject: string;
  name: string;
  role: PersonRole;
  /** Of a patient: their own. */
  patientId: string | undefined;
  mayDelete: boolean;
  mayReassign: boolean;
}

/** The person of a token's claims, or undefined where nobody put them into a group. */
export function personOf(claims: Record<string, unknown>): Person | undefined {
  const groups = claims['cognito:groups'] ?? claims.groups;
  const role = roleOfGroups(Array.isArray(groups) ? groups : []);
  const patientId = claims['custom:patient_id'];
  if (!role || (role === 'patient' && typeof patientId !== 'string')) return undefined;
  const name = claims.name ?? claims['cognito:username'] ?? claims.email ?? claims.sub;
  return {
    subject: String(claims.sub),
    name: String(name),
    role,
    patientId: role === 'patient' ? String(patientId) : undefined,
    mayDelete: mayDelete(role),
    mayReassign: mayReassign(role),
  };
}
