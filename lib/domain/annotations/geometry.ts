import type { Vector } from '../images/affine.ts';

// The page measures with these, so that they need no package.

/** Most points of a line: a list of 100 annotations fits into the 6 MB of a Lambda response. */
export const MOST_POINTS = 1000;

/** The size of a pixel, such as in millimetres. */
export interface PixelSize {
  x: number;
  y: number;
}
const ONE: PixelSize = { x: 1, y: 1 };

const between = ([ax, ay]: Vector, [bx, by]: Vector, { x, y }: PixelSize): Vector => [
  (bx - ax) * x,
  (by - ay) * y,
];
const cross = ([ax, ay]: Vector, [bx, by]: Vector) => ax * by - ay * bx;

/** The distance of two points, in pixels if their size is not given. */
export const distance = (from: Vector, to: Vector, size = ONE): number =>
  Math.hypot(...between(from, to, size));

/** The angle at a vertex between two sides, 0 to 180 degrees; undefined if a side has no length. */
export function angleAt(one: Vector, vertex: Vector, other: Vector, size = ONE): number | undefined {
  const [a, b] = [between(vertex, one, size), between(vertex, other, size)];
  if (Math.hypot(...a) === 0 || Math.hypot(...b) === 0) return undefined;
  return (Math.abs(Math.atan2(cross(a, b), a[0] * b[0] + a[1] * b[1])) * 180) / Math.PI;
}

/** The area within corners, by the shoelace formula, in square pixels if their size is not given. */
export function polygonArea(corners: readonly Vector[], { x, y } = ONE): number {
  const [first] = corners;
  if (!first) return 0;
  // From the first corner on: far from the origin, products of large coordinates would lose digits.
  const sides = corners.map((corner) => between(first, corner, ONE));
  const twice = sides.reduce((sum, side, at) => sum + cross(side, sides[(at + 1) % sides.length] ?? side), 0);
  return (Math.abs(twice) / 2) * x * y;
}

/** An ellipse by its middle and its two half axes. */
interface Ellipse {
  middle: Vector;
  one: Vector;
  other: Vector;
}

/** The ellipse of the ends of its two axes. */
export function ellipseOf(points: readonly Vector[]): Ellipse | undefined {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return undefined;
  const half = (from: Vector, to: Vector): Vector => [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2];
  return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], one: half(a, b), other: half(c, d) };
}

export const ellipseArea = ({ one, other }: Ellipse, { x, y } = ONE): number =>
  Math.PI * Math.abs(cross(one, other)) * x * y;

/** Points on an ellipse. An affine transform of them is on the transform of the ellipse. */
export const onEllipse = ({ middle, one, other }: Ellipse, count = 72): Vector[] =>
  Array.from({ length: count }, (_value, at) => {
    const angle = (2 * Math.PI * at) / count;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return [
      middle[0] + cosine * one[0] + sine * other[0],
      middle[1] + cosine * one[1] + sine * other[1],
    ] as const;
  });

/** The ends of the axes, the longer one first, of the ellipse within the rectangle of two corners. */
export function ellipseWithin([ax, ay]: Vector, [bx, by]: Vector): Vector[] {
  const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
  const across: Vector[] = [
    [ax, y],
    [bx, y],
  ];
  const down: Vector[] = [
    [x, ay],
    [x, by],
  ];
  return Math.abs(bx - ax) >= Math.abs(by - ay) ? [...across, ...down] : [...down, ...across];
}

/** The size of a pixel by a line of a known length; undefined if the line has no length. */
export function calibratedSize(points: readonly Vector[], length: number): PixelSize | undefined {
  const [from, to] = points;
  const pixels = from && to ? distance(from, to) : 0;
  return pixels > 0 ? { x: length / pixels, y: length / pixels } : undefined;
}
