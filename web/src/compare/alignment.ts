/** A point of an image, in widths of the image from its upper left corner. */
export interface Point {
  x: number;
  y: number;
}

/** Two points of an image. */
export type TwoPoints = readonly [Point, Point];

/** Maps points of one image to those of another one: turned and scaled about the corner, then moved. */
export interface Alignment {
  scale: number;
  /** Clockwise on the screen; radians. */
  rotation: number;
  x: number;
  y: number;
}

/** Points that are nearer to each other say nothing about size and direction. In widths of the image. */
const NEAREST = 0.01;

/**
 * The similarity transform by which two points of the upper image lie on the corresponding ones of the lower image.
 *
 * @returns undefined if two points of an image are in the same place
 */
export function align(lower: TwoPoints, upper: TwoPoints): Alignment | undefined {
  const to = difference(lower[1], lower[0]);
  const from = difference(upper[1], upper[0]);
  if (lengthOf(to) < NEAREST || lengthOf(from) < NEAREST) return undefined;
  const scale = lengthOf(to) / lengthOf(from);
  const rotation = angleOf(to) - angleOf(from);
  const turned = aligned(upper[0], { scale, rotation, x: 0, y: 0 });
  return { scale, rotation, ...difference(lower[0], turned) };
}

/** Where a point of the upper image lies on the lower one. */
export function aligned({ x, y }: Point, { scale, rotation, x: dx, y: dy }: Alignment): Point {
  const cos = scale * Math.cos(rotation);
  const sin = scale * Math.sin(rotation);
  return { x: cos * x - sin * y + dx, y: sin * x + cos * y + dy };
}

/**
 * Where the upper image is drawn: how far its centre is from that of the lower one, in widths of the lower image.
 *
 * @param lowerRatio the width of the lower image by its height
 */
export function centreOf(alignment: Alignment, lowerRatio: number, upperRatio: number): Point {
  const middle = (ratio: number): Point => ({ x: 0.5, y: 0.5 / ratio });
  return difference(aligned(middle(upperRatio), alignment), middle(lowerRatio));
}

const difference = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });
const lengthOf = ({ x, y }: Point): number => Math.hypot(x, y);
const angleOf = ({ x, y }: Point): number => Math.atan2(y, x);
