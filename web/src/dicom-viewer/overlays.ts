import type { OverlayPlane } from '../../../lib/media/dicom/draw/overlay-plane.ts';
import { type Attributes, numberOf, numbersOf } from '../exams/dicom-json.ts';
import type { GreyFrame } from './grey-frame.ts';
import { bytesOf } from './lookup-table.ts';

/** The overlay planes of a frame. Those in unused bits of the pixels (retired) the service alone draws. */
export async function planesOf(image: Attributes, frame: number): Promise<OverlayPlane[]> {
  const groups = Object.keys(image).filter((tag) => /^60[01][02468ACE]3000$/.test(tag));
  const planes = await Promise.all(groups.map((tag) => planeOf(image, frame, tag.slice(0, 4))));
  return planes.filter((plane) => plane !== undefined);
}

async function planeOf(image: Attributes, frame: number, group: string): Promise<OverlayPlane | undefined> {
  const rows = numberOf(image, `${group}0010`);
  const columns = numberOf(image, `${group}0011`);
  if (!rows || !columns) return undefined;
  const [top = 1, left = 1] = numbersOf(image, `${group}0050`);
  // C.9.3: of as many frames as it has, from the frame that it begins with; without both, all frames have the one.
  const frames = numberOf(image, `${group}0015`) ?? 1;
  const index = frames > 1 ? frame - ((numberOf(image, `${group}0051`) ?? 1) - 1) : 0;
  if (index < 0 || index >= frames) return undefined;
  const bytes = await bytesOf(image, `${group}3000`);
  const first = index * rows * columns;
  if (!bytes || bytes.length * 8 < first + rows * columns) return undefined;
  const isSet = (at: number) => ((bytes[(first + at) >> 3] ?? 0) & (1 << ((first + at) & 7))) !== 0;
  return { rows, columns, top, left, isSet };
}

/** Draws planes in white: as the value that is white in any window but one beyond all values. */
export function drawPlanes(
  frame: GreyFrame,
  planes: readonly OverlayPlane[],
  width: number,
  height: number,
): GreyFrame {
  if (planes.length === 0) return frame;
  const { samples } = frame;
  const isSigned = samples instanceof Int16Array;
  const white = frame.isInverted ? (isSigned ? -32_768 : 0) : isSigned ? 32_767 : 65_535;
  for (const { rows, columns, top, left, isSet } of planes)
    for (let row = Math.max(0, 1 - top); row < rows && row + top <= height; row++)
      for (let column = Math.max(0, 1 - left); column < columns && column + left <= width; column++)
        if (isSet(row * columns + column)) samples[(row + top - 1) * width + column + left - 1] = white;
  return { ...frame, min: Math.min(frame.min, white), max: Math.max(frame.max, white) };
}
