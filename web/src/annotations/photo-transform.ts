import { type Affine, inTurn } from '../../../lib/domain/images/affine.ts';
import { editedSize } from '../../../lib/domain/images/apply-edits.ts';
import { editTransform } from '../../../lib/domain/images/edit-transform.ts';
import type { ViewedImage } from '../images/viewed-image.ts';

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The picture element in a stage, once it has something to show. */
export function pictureIn(stage: HTMLElement): HTMLImageElement | undefined {
  const picture = stage.querySelector(':scope > img');
  return picture instanceof HTMLImageElement && picture.naturalWidth > 0 ? picture : undefined;
}

/** Where a picture is drawn in its stage, with its zoom and pan: from pixels of the original, upright, to those of the stage. */
export function photoTransform(stage: HTMLElement, image: ViewedImage, page: number): Affine | undefined {
  const picture = pictureIn(stage);
  if (!picture) return undefined;
  const natural = { width: picture.naturalWidth, height: picture.naturalHeight };
  // The size of other pages is not known: it is that of their copy.
  const shown = (page === 1 && shownPage(image)) || { size: natural, transform: UNCHANGED };
  const { left, top } = stage.getBoundingClientRect();
  return inTurn(shown.transform, fitted(shown.size, natural, picture.getBoundingClientRect()), [
    1,
    0,
    0,
    1,
    -left,
    -top,
  ]);
}
const UNCHANGED: Affine = [1, 0, 0, 1, 0, 0];

/** The first page of an image as it is shown, with its edits: its size in pixels, and where pixels of the original are on it. */
export function shownPage({ size, steps }: ViewedImage) {
  if (!size) return undefined;
  return steps
    ? { size: editedSize(size, steps), transform: editTransform(size, steps) }
    : { size, transform: UNCHANGED };
}

/** From pixels of the shown picture to its place in a box into which it is fitted (`object-fit: contain`). */
function fitted(
  shown: { width: number; height: number },
  natural: { width: number; height: number },
  { left, top, width, height }: Box,
): Affine {
  const scale = Math.min(width / natural.width, height / natural.height);
  const [drawnWidth, drawnHeight] = [natural.width * scale, natural.height * scale];
  return [
    drawnWidth / shown.width,
    0,
    0,
    drawnHeight / shown.height,
    left + (width - drawnWidth) / 2,
    top + (height - drawnHeight) / 2,
  ];
}
