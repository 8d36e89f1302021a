import { dayOf } from '../../../lib/domain/images/local-time.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { timesOf } from '../patient/image-facts.tsx';

/** Two images of a patient, of one visit or of two: the left one and the right one. */
export type Pair = readonly [string, string];

/** The left image and the right one; where one lies on the other, the lower and the upper one. */
export type ComparedImages = readonly [Image, Image];

/** How two images are compared. */
export const MODES = ['side', 'slider', 'overlay'] as const;
export type Mode = (typeof MODES)[number];
export const modeOf = (name: string | undefined): Mode => MODES.find((mode) => mode === name) ?? 'side';

/** Two images in the order of their comparison: the right eye is left, as the examiner sees it; else the earlier one. */
export function pairOf(one: Image, other: Image): Pair {
  const isOtherFirst = areDifferentEyes(one, other)
    ? other.eye_side === 'right'
    : dayOf(timesOf(other)) < dayOf(timesOf(one));
  return isOtherFirst ? [other.id, one.id] : [one.id, other.id];
}

/** Whether one image shows the left eye and the other one the right eye. */
export const areDifferentEyes = (one: Pick<Image, 'eye_side'>, other: Pick<Image, 'eye_side'>): boolean =>
  [one.eye_side, other.eye_side].toSorted().join() === 'left,right';

/** Says which eye is where if they differ. */
export function eyeWarning(images: ComparedImages): string | undefined {
  const [left, right] = images;
  if (!areDifferentEyes(left, right)) return undefined;
  return text('compare.different-eyes', {
    right: (left.eye_side === 'right' ? left : right).original_name,
    left: (left.eye_side === 'left' ? left : right).original_name,
  });
}
