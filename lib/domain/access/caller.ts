import * as z from 'zod';
import type { AuditContext } from '../audit/audit-context.ts';
import { Id, PatientId } from '../identifiers.ts';
import { roleOfGroups } from './roles.ts';
import { Scope } from './scope.ts';

/** What a person is in the clinic, the most powerful last; a service is another system with an API key. */
export const Role = z.enum(['service', 'patient', 'staff', 'doctor', 'admin']);
export type Role = z.infer<typeof Role>;

/**
 * Who sends a request, as the authorizer vouches for it. A patient always has a patient id, and a service the scopes of
 * its key.
 */
export const Caller = z.discriminatedUnion('role', [
  z.object({ role: z.literal('patient'), subject: z.string().min(1).max(128), patientId: PatientId }),
  z.object({ role: Role.exclude(['patient', 'service']), subject: z.string().min(1).max(128) }),
  z.object({ role: z.literal('service'), subject: z.string(), keyId: Id, scopes: z.array(Scope) }),
]);
export type Caller = z.infer<typeof Caller> & {
  /** The audit context of the current request. */
  auditContext?: AuditContext | undefined;
};

const Claims = z.looseObject({
  // A service is known by `key:` and the id of its key; nobody else may be.
  sub: z.string().regex(/^(?!key:)/),
  exp: z.number(),
  'cognito:groups': z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  'custom:patient_id': z.string().optional(),
});

/**
 * The caller that a verified token names, or undefined where it names nobody that this service knows.
 *
 * Cognito's `cognito:groups` comes before `groups`, which other issuers use.
 */
export function callerFromClaims(payload: unknown): Caller | undefined {
  const claims = Claims.safeParse(payload);
  if (!claims.success) return undefined;
  const groups = claims.data['cognito:groups'] ?? claims.data.groups ?? [];
  const caller = Caller.safeParse({
    role: roleOfGroups(groups),
    subject: claims.data.sub,
    patientId: claims.data['custom:patient_id'],
  });
  return caller.success ? caller.data : undefined;
}
