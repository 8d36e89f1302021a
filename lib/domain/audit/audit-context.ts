/** The patients and resources that a request accesses, for the audit log. Each access check adds to it, also when it denies. */
export interface AuditContext {
  patientIds: Set<string>;
  /** As `image 0190c6a4-7b3e-7000-8000-000000000000`. */
  resources: Set<string>;
  /** The DICOM instances among them, by their SOP Instance UIDs. */
  instances: Map<string, { studyUid: string; seriesUid: string }>;
  /** Why the caller does it, if they said so. */
  reason?: string | undefined;
}

export const newAuditContext = (): AuditContext => ({
  patientIds: new Set(),
  resources: new Set(),
  instances: new Map(),
});

interface Resource {
  id?: string | undefined;
  patientId?: string | null | undefined;
}

/** Adds a resource to the caller's audit context, if the caller has one. */
export function recordAccess(
  { auditContext }: { auditContext?: AuditContext | undefined },
  kind: string,
  { id, patientId }: Resource,
): void {
  if (id !== undefined) auditContext?.resources.add(`${kind} ${id}`);
  if (patientId) auditContext?.patientIds.add(patientId);
}

/** Keeps in the caller's audit context why the caller does it. */
export function recordReason(
  { auditContext }: { auditContext?: AuditContext | undefined },
  reason: string | undefined,
): void {
  if (auditContext && reason !== undefined) auditContext.reason = reason;
}
