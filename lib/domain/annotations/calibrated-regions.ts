import type { Vector } from '../images/affine.ts';
import { ellipseOf, onEllipse, type PixelSize } from './geometry.ts';

/** A rectangle of a frame, in pixels from the upper left corner of the frame. */
export interface CalibratedRegion {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** The size of its pixels in millimetres; undefined where they are no lengths, such as in a Doppler curve. */
  size: PixelSize | undefined;
}

/**
 * The size of the pixels of a shape that lies within a region. Regions may overlap: then all that the shape touches must be of the same
 * size, because a curve may lie on the picture of a tissue.
 */
export function sizeWithin(
  regions: readonly CalibratedRegion[],
  { kind, points }: { kind: string; points: readonly Vector[] },
): PixelSize | undefined {
  const ellipse = kind === 'ellipse' ? ellipseOf(points) : undefined;
  const outline = ellipse ? onEllipse(ellipse) : points;
  const touched = regions.filter((region) => outline.some((point) => isIn(region, point)));
  const around = touched.find((region) => outline.every((point) => isIn(region, point)));
  return touched.every(({ size }) => isSame(size, around?.size)) ? around?.size : undefined;
}

const isIn = ({ left, top, right, bottom }: CalibratedRegion, [x, y]: Vector): boolean =>
  x >= left && x <= right && y >= top && y <= bottom;

/** Two regions of one picture are computed by a device, with its last digits. */
const isSame = (one: PixelSize | undefined, other: PixelSize | undefined): boolean =>
  one !== undefined && other !== undefined && isNear(one.x, other.x) && isNear(one.y, other.y);
const isNear = (one: number, other: number): boolean => Math.abs(one / other - 1) < 1e-4;
