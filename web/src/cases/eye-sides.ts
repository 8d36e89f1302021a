import type { EyeSide } from '../api/types.ts';

/** The eyes by the words for them. */
export const EYE_SIDES: Record<EyeSide, string> = {
  left: 'Left',
  right: 'Right',
  both: 'Both',
  unknown: 'Unknown',
};
