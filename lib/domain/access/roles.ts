/** The groups of the user pool, or of another issuer, the most powerful last, and the role that each gives. */
export const GROUPS = {
  patients: 'patient',
  staff: 'staff',
  doctors: 'doctor',
  admins: 'admin',
} as const;

/** What a person can be in the clinic. */
export type PersonRole = (typeof GROUPS)[keyof typeof GROUPS];

/** The role of who is in these groups, or undefined where none of them is known here: the strongest counts. */
export const roleOfGroups = (groups: readonly unknown[]): PersonRole | undefined =>
  Object.entries(GROUPS).findLast(([group]) => groups.includes(group))?.[1];

/** Deleting is for doctors and admins. */
export const mayDelete = (role: PersonRole | 'service'): boolean => role === 'doctor' || role === 'admin';
