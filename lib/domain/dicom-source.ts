import type { Source } from './source.ts';

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

/** As DICOM JSON, by tag. */
type Attributes = Record<string, { vr: string; Value: string[] }>;

const creator: Attributes = { [PRIVATE.creator]: { vr: 'LO', Value: ['NEGATOSCOPE'] } };

export const sourceAttributes = (sources: readonly Source[]): Attributes => ({
  ...creator,
  [PRIVATE.source]: { vr: 'CS', Value: sources.map((source) => source.toUpperCase()) },
});

export const assignmentAttributes = (patientId: string | null): Attributes => ({
  ...creator,
  [PRIVATE.assignment]: { vr: 'CS', Value: [patientId === null ? 'UNASSIGNED' : 'ASSIGNED'] },
});
