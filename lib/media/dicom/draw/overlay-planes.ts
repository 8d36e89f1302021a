import type { AttributeReader } from '../parse/attribute-reader.ts';

/** An overlay plane of a frame (PS3.3 C.9.2): single bits, such as arrows, measurements and text. */
export interface OverlayPlane {
  rows: number;
  columns: number;
  /** The position of the upper left corner, from 1; may be outside the image. */
  top: number;
  left: number;
  isSet: (index: number) => boolean;
}

/**
 * Reads the bits of a plane that are stored in the pixel cells (retired), by their bit position. Returns undefined if there can be
 * none.
 */
export type EmbeddedBits = (position: number, count: number) => OverlayPlane['isSet'] | undefined;

/** The overlay planes of a frame, counted from 0. */
export async function readOverlayPlanes(
  image: AttributeReader,
  frame: number,
  embeddedBits?: EmbeddedBits,
): Promise<OverlayPlane[]> {
  const groups = Array.from({ length: 16 }, (_value, i) => (0x6000 + i * 2).toString(16).toUpperCase());
  const planes = await Promise.all(groups.map((group) => readPlane(image, frame, group, embeddedBits)));
  return planes.filter((plane) => plane !== undefined);
}

async function readPlane(
  image: AttributeReader,
  frame: number,
  group: string,
  embeddedBits: EmbeddedBits | undefined,
): Promise<OverlayPlane | undefined> {
  const [rows] = image.numbers(`${group}0010`);
  const [columns] = image.numbers(`${group}0011`);
  if (!rows || !columns) return undefined;
  const [top = 1, left = 1] = image.numbers(`${group}0050`);
  // C.9.3: for the given number of frames from the image frame origin; without both, for all frames.
  const [frames = 1] = image.numbers(`${group}0015`);
  const [begin = 1] = image.numbers(`${group}0051`);
  const index = frames > 1 ? frame - (begin - 1) : 0;
  if (index < 0 || index >= frames) return undefined;
  const count = rows * columns;
  const bytes = await image.bytes(`${group}3000`);
  const isSet = bytes
    ? bitsOf(bytes, index * count, count)
    : embeddedBits?.(image.numbers(`${group}0102`)[0] ?? 0, count);
  return isSet && { rows, columns, top, left, isSet };
}

function bitsOf(bytes: Uint8Array, first: number, count: number): OverlayPlane['isSet'] | undefined {
  if (bytes.length * 8 < first + count) return undefined;
  return (index) => ((bytes[(first + index) >> 3] ?? 0) & (1 << ((first + index) & 7))) !== 0;
}

/** Draws planes over an image, clipped to it. `draw` is called for each set pixel, row by row. */
export function drawOverlayPlanes(
  planes: readonly OverlayPlane[],
  { width, height }: { width: number; height: number },
  draw: (pixel: number) => void,
): void {
  for (const { rows, columns, top, left, isSet } of planes)
    for (let row = Math.max(0, 1 - top); row < rows && row + top <= height; row++)
      for (let column = Math.max(0, 1 - left); column < columns && column + left <= width; column++)
        if (isSet(row * columns + column)) draw((row + top - 1) * width + column + left - 1);
}
