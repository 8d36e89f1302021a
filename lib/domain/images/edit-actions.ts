import type { EditSteps } from './image-edit.ts';

/** What a person does to the picture as it is shown, with its edits so far. */
export type EditAction =
  | { kind: 'rotateRight' | 'rotateLeft' | 'flip' | 'reset' }
  /** The part that is kept, as fractions of the shown picture. */
  | { kind: 'crop'; crop: NonNullable<EditSteps['crop']> }
  | { kind: 'straighten'; degrees: number }
  | { kind: 'adjust'; brightness: number; contrast: number };

/** The original. */
export const NO_EDITS: EditSteps = {
  isFlipped: false,
  quarterTurns: 0,
  straightenDegrees: 0,
  brightness: 0,
  contrast: 0,
};

/** Whether these edits show the original. */
export const isOriginal = ({
  isFlipped,
  quarterTurns,
  straightenDegrees,
  crop,
  brightness,
  contrast,
}: EditSteps) =>
  !isFlipped && quarterTurns === 0 && straightenDegrees === 0 && !crop && brightness === 0 && contrast === 0;

/**
 * The edits after one more action, in their normal form. A rotation or a mirror image of the shown picture is the same as one before
 * the straightening and the crop, if these turn with it.
 */
export function afterAction(steps: EditSteps, action: EditAction): EditSteps {
  switch (action.kind) {
    case 'reset':
      return NO_EDITS;
    case 'rotateRight':
      return rotateRight(steps);
    case 'rotateLeft':
      return rotateRight(rotateRight(rotateRight(steps)));
    case 'flip': {
      const { crop, quarterTurns, straightenDegrees } = steps;
      return {
        ...steps,
        isFlipped: !steps.isFlipped,
        quarterTurns: (4 - quarterTurns) % 4,
        // Not −0, which JSON does not have.
        straightenDegrees: 0 - straightenDegrees,
        ...(crop && { crop: { ...crop, left: restOf(crop.left, crop.width) } }),
      };
    }
    case 'crop':
      return { ...steps, crop: within(steps.crop, action.crop) };
    case 'straighten':
      return { ...steps, straightenDegrees: action.degrees };
    case 'adjust':
      return { ...steps, brightness: action.brightness, contrast: action.contrast };
  }
}

function rotateRight(steps: EditSteps): EditSteps {
  const { crop, quarterTurns } = steps;
  return {
    ...steps,
    quarterTurns: (quarterTurns + 1) % 4,
    ...(crop && {
      crop: {
        left: restOf(crop.top, crop.height),
        top: crop.left,
        width: crop.height,
        height: crop.width,
      },
    }),
  };
}

/** What is left of a side after a part of it; the sum of fractions may be a little more than the whole. */
const restOf = (start: number, length: number): number => Math.max(0, 1 - (start + length));

function within(
  outer: EditSteps['crop'],
  inner: NonNullable<EditSteps['crop']>,
): NonNullable<EditSteps['crop']> {
  if (!outer) return inner;
  const [left, top] = [outer.left + inner.left * outer.width, outer.top + inner.top * outer.height];
  return {
    left,
    top,
    width: Math.min(inner.width * outer.width, 1 - left),
    height: Math.min(inner.height * outer.height, 1 - top),
  };
}
