/**
 * Private attributes of this service (PS3.5 7.8.1), for which the standard has none. Values that a file has at these
 * tags are ignored.
 */
export const PRIVATE = {
  creator: '4E470010',
  /** Who sent the instances: `CLINIC`, `PATIENT`, or both. */
  source: '4E471001',
  /** `ASSIGNED` if the study belongs to a patient, `UNASSIGNED` if not. */
  assignment: '4E471002',
} as const;
