import type { Source } from '../access/source.ts';
import { PRIVATE } from '../private-attributes.ts';

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
