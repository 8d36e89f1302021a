import type { Vector } from '../../../lib/domain/images/affine.ts';

/** The direction of each arrow key on the screen. */
export const ARROW_KEYS: Readonly<Record<string, Vector>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
