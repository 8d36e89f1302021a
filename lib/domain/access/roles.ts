/** The role of each group of the user pool or of another issuer, the most powerful last. */
export const GROUPS = {
  patients: 'patient',
  staff: 'staff',
  doctors: 'doctor',
  admins: 'admin',
} as const;

/** The role of a person. */
export type PersonRole = (typeof GROUPS)[keyof typeof GROUPS];

/** Returns the most powerful role of these groups, or undefined if no group is known. */
export const roleOfGroups = (groups: readonly unknown[]): PersonRole | undefined =>
  Object.entries(GROUPS).findLast(([group]) => groups.includes(group))?.[1];

const isDoctorOrAdmin = (role: PersonRole | 'service'): boolean => role === 'doctor' || role === 'admin';

/** Only doctors and admins may delete. */
export const mayDelete = isDoctorOrAdmin;

/** Only admins may erase at once, so that it cannot be undone. */
export const mayErase = (role: PersonRole | 'service'): boolean => role === 'admin';

/** Only doctors and admins may move a study from one patient to another. */
export const mayReassign = isDoctorOrAdmin;
