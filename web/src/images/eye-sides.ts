import type { EyeSide } from '../api/types.ts';

/** The eye sides with their labels. */
export const EYE_SIDES: Record<EyeSide, string> = {
  left: 'Left',
  right: 'Right',
  both: 'Both',
  unknown: 'Unknown',
};
