import * as z from 'zod';
import type { AuditContext } from '../audit/audit-context.ts';
import { Id, PatientId } from '../identifiers.ts';
import { displayNameOf } from './display-name.ts';
import { roleOfGroups } from './roles.ts';
import { Scope } from './scope.ts';

/** The role of a caller, the most powerful last. A `service` is another system with an API key. */
export const Role = z.enum(['service', 'patient', 'staff', 'doctor', 'admin']);
export type Role = z.infer<typeof Role>;

/** For the audit log only: access is by the subject. */
const name = z.string().optional();

/**
 * The sender of a request, as the authorizer identifies it. A patient always has a patient id, and a service always has
 * the scopes of its key.
 */
export const Caller = z.discriminatedUnion('role', [
  z.object({ role: z.literal('patient'), subject: z.string().min(1).max(128), patientId: PatientId, name }),
  z.object({ role: Role.exclude(['patient', 'service']), subject: z.string().min(1).max(128), name }),
  z.object({ role: z.literal('service'), subject: z.string(), keyId: Id, scopes: z.array(Scope), name }),
]);
export type Caller = z.infer<typeof Caller> & {
  /** The audit context of the current request. */
  auditContext?: AuditContext | undefined;
};

/** The subject of a service is this and the id of its key. No token may claim such a subject. */
const SERVICE = 'key:';
export const isService = (subject: string): boolean => subject.startsWith(SERVICE);

const Claims = z.looseObject({
  sub: z.string().refine((subject) => !isService(subject)),
  exp: z.number(),
  'cognito:groups': z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  'custom:patient_id': z.string().optional(),
});

/**
 * Returns the caller that a verified token identifies, or undefined if its claims give no known role.
 *
 * Cognito's `cognito:groups` takes precedence over `groups`, which other issuers use.
 */
export function callerFromClaims(payload: unknown): Caller | undefined {
  const claims = Claims.safeParse(payload);
  if (!claims.success) return undefined;
  const groups = claims.data['cognito:groups'] ?? claims.data.groups ?? [];
  const caller = Caller.safeParse({
    role: roleOfGroups(groups),
    subject: claims.data.sub,
    patientId: claims.data['custom:patient_id'],
    name: displayNameOf(claims.data),
  });
  return caller.success ? caller.data : undefined;
}
