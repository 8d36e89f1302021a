/** The patients and resources that a request accesses, for the audit log. Each access check adds to it, also when it denies. */
export interface AuditContext {
  patientIds: Set<string>;
  /** As `image 0190c6a4-7b3e-7000-8000-000000000000`. */
  resources: Set<string>;
  /** The DICOM instances among them, by their SOP Instance UIDs. */
  instances: Map<string, { studyUid: string; seriesUid: string }>;
  /** What people call these resources, such as the name of a file. */
  names: Set<string>;
  /** Why the caller does it, if they said so. */
  reason?: string | undefined;
}

export const newAuditContext = (): AuditContext => ({
  patientIds: new Set(),
  resources: new Set(),
  instances: new Map(),
  names: new Set(),
});

interface Resource {
  id?: string | undefined;
  patientId?: string | null | undefined;
  /** What people call it. The name of a patient has parts, and is not repeated in the log. */
  name?: unknown;
  fileName?: unknown;
}

/** Adds a resource to the caller's audit context, if the caller has one. */
export function recordAccess(
  { auditContext }: { auditContext?: AuditContext | undefined },
  kind: string,
  { id, patientId, name, fileName }: Resource,
): void {
  if (id !== undefined) auditContext?.resources.add(`${kind} ${id}`);
  if (patientId) auditContext?.patientIds.add(patientId);
  const called = name ?? fileName;
  if (typeof called === 'string' && called !== '') auditContext?.names.add(called);
}

/** Longest description of what an event is about, in characters. */
const ABOUT_CHARACTERS = 120;
/** An event about more things says how many, and not which: a page of 200 images has as many names. */
const NAMED = 3;

/** What people call the resources; undefined if they have no names, or too many. */
export function aboutOf({ names }: Pick<AuditContext, 'names'>): string | undefined {
  if (names.size === 0 || names.size > NAMED) return undefined;
  return [...[...names].join(', ')].slice(0, ABOUT_CHARACTERS).join('');
}

/** Keeps in the caller's audit context why the caller does it. */
export function recordReason(
  { auditContext }: { auditContext?: AuditContext | undefined },
  reason: string | undefined,
): void {
  if (auditContext && reason !== undefined) auditContext.reason = reason;
}
