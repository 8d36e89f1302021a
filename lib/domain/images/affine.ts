/** A point, or the way from one to another, as x and y. */
export type Vector = readonly [x: number, y: number];

/** An affine transform of the plane, with the six numbers of `matrix()` in CSS: x becomes ax + cy + e, and y becomes bx + dy + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const transformed = ([a, b, c, d, e, f]: Affine, [x, y]: Vector): Vector => [
  a * x + c * y + e,
  b * x + d * y + f,
];

/** The transform that does several, one after the other. */
export const inTurn = (first: Affine, ...others: readonly Affine[]): Affine =>
  others.reduce(([a, b, c, d, e, f], [k, l, m, n, o, p]) => {
    return [
      k * a + m * b,
      l * a + n * b,
      k * c + m * d,
      l * c + n * d,
      k * e + m * f + o,
      l * e + n * f + p,
    ] as const;
  }, first);

/** The transform back; undefined if there is none, because everything falls onto a line. */
export function inverse([a, b, c, d, e, f]: Affine): Affine | undefined {
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) > 0)) return undefined;
  const [A, B, C, D] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [A, B, C, D, -(A * e + C * f), -(B * e + D * f)];
}
