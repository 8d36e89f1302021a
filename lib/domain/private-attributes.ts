/**
 * Attributes of ours, in a private block (PS3.5 7.8.1): the standard has none for these. What a file has in their place is
 * not believed.
 */
export const PRIVATE = {
  creator: '4E470010',
  /** Who sent the instances: `CLINIC`, `PATIENT`, or both. */
  source: '4E471001',
  /** `ASSIGNED` where the study is a patient's, `UNASSIGNED` where it is nobody's yet. */
  assignment: '4E471002',
} as const;
