import { type Affine, inTurn } from './affine.ts';
import { cropIn, enlargement, type Picture, turnedSize } from './apply-edits.ts';
import type { EditSteps } from './image-edit.ts';

type Size = Pick<Picture, 'width' | 'height'>;

/**
 * Where the edits of a picture move a point: from pixels of the original, upright, to pixels of the edited picture. (0, 0) is the upper
 * left corner of the upper left pixel in both.
 */
export function editTransform(size: Size, steps: EditSteps): Affine {
  const turned = turnedSize(size, steps);
  const { left, top } = cropIn(turned, steps.crop);
  return inTurn(
    steps.isFlipped ? [-1, 0, 0, 1, size.width, 0] : [1, 0, 0, 1, 0, 0],
    turnOf(size, steps.quarterTurns),
    straightenOf(turned, steps.straightenDegrees),
    [1, 0, 0, 1, -left, -top],
  );
}

function turnOf({ width, height }: Size, quarterTurns: number): Affine {
  switch (quarterTurns) {
    case 1:
      return [0, 1, -1, 0, height, 0];
    case 2:
      return [-1, 0, 0, -1, width, height];
    case 3:
      return [0, -1, 1, 0, 0, width];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

/** About the middle, and enlarged so that no corner is empty. */
function straightenOf(size: Size, degrees: number): Affine {
  if (degrees === 0) return [1, 0, 0, 1, 0, 0];
  const { scale, sine, cosine } = enlargement(size, degrees);
  const [a, b] = [scale * cosine, scale * sine];
  const [x, y] = [size.width / 2, size.height / 2];
  return [a, b, -b, a, x - a * x + b * y, y - b * x - a * y];
}
