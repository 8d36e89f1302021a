import type { EyeSide } from '../api/types.ts';
import { text } from '../messages/text.ts';

/** The eye sides with their labels. */
export const EYE_SIDES: Record<EyeSide, string> = {
  left: text('eye-side.left'),
  right: text('eye-side.right'),
  both: text('eye-side.both'),
  unknown: text('eye-side.unknown'),
};
