/** CIE 1931 chromaticities, x then y. */
export interface Primaries {
  white: readonly [number, number];
  red: readonly [number, number];
  green: readonly [number, number];
  blue: readonly [number, number];
}

/** Converts a sample to linear light, both from 0 to 1. */
export type TransferFunction = (sample: number) => number;

type Vector = [number, number, number];
type Matrix = [Vector, Vector, Vector];

/** The white point of the profile connection space (ICC.1, 7.2.16). */
const D50: Vector = [0.9642, 1, 0.8249];

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

const CURVE_ENTRIES = 4096;

/**
 * Creates an ICC profile of three primaries and one curve, version 2 (ICC.1, 8.3.3: three-component matrix-based
 * input).
 */
export function matrixProfile(primaries: Primaries, light: TransferFunction): Buffer {
  const [red, green, blue] = columnsOf(toD50(primaries));
  const curve = Buffer.alloc(12 + 2 * CURVE_ENTRIES);
  curve.write('curv', 'latin1');
  curve.writeUInt32BE(CURVE_ENTRIES, 8);
  for (let i = 0; i < CURVE_ENTRIES; i++) {
    curve.writeUInt16BE(Math.round(65_535 * clamp(light(i / (CURVE_ENTRIES - 1)))), 12 + 2 * i);
  }
  const tags: [signature: string, data: Buffer][] = [
    ['desc', description()],
    ['cprt', Buffer.concat([Buffer.from('text\0\0\0\0', 'latin1'), Buffer.from('none\0', 'latin1')])],
    ['wtpt', xyz(D50)],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  return assemble(tags);
}

function assemble(tags: readonly [signature: string, data: Buffer][]): Buffer {
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  const places = new Map<Buffer, number>();
  const blocks: Buffer[] = [];
  let end = 128 + table.length;
  for (const [i, [signature, data]] of tags.entries()) {
    if (!places.has(data)) {
      const padded = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
      places.set(data, end);
      blocks.push(padded);
      end += padded.length;
    }
    table.write(signature, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(places.get(data) ?? 0, 8 + 12 * i);
    table.writeUInt32BE(data.length, 12 + 12 * i);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(end);
  header.writeUInt32BE(0x0240_0000, 8); // version 2.4
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(D50).copy(header, 68, 8);
  return Buffer.concat([header, table, ...blocks]);
}

/** The matrix from linear RGB to XYZ, with the white point adapted to D50. */
function toD50({ white, red, green, blue }: Primaries): Matrix {
  const lights = transposed([red, green, blue].map(xyzOf) as Matrix);
  const whiteXyz = xyzOf(white);
  const amounts = times(inverse(lights), whiteXyz);
  const toXyz = lights.map((row) => row.map((value, i) => value * (amounts[i] ?? 0))) as Matrix;
  const [from, to] = [times(BRADFORD, whiteXyz), times(BRADFORD, D50)];
  const scaled = BRADFORD.map((row, i) =>
    row.map((value) => (value * (to[i] ?? 0)) / (from[i] ?? 1)),
  ) as Matrix;
  return product(product(inverse(BRADFORD), scaled), toXyz);
}

const xyzOf = ([x, y]: readonly [number, number]): Vector => [x / y, 1, (1 - x - y) / y];

const transposed = (matrix: Matrix): Matrix =>
  [0, 1, 2].map((column) => matrix.map((row) => row[column] ?? 0)) as Matrix;

const columnsOf = transposed;

const times = (matrix: Matrix, vector: Vector): Vector =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0)) as Vector;

const product = (one: Matrix, other: Matrix): Matrix =>
  transposed(transposed(other).map((column) => times(one, column)) as Matrix);

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const adjugate: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return adjugate.map((row) => row.map((value) => value / determinant)) as Matrix;
}

function xyz(vector: Vector): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write('XYZ ', 'latin1');
  for (const [i, value] of vector.entries()) bytes.writeInt32BE(Math.round(value * 65_536), 8 + 4 * i);
  return bytes;
}

/** ICC.1:2001-04, 6.5.17: one letter, and nothing in other languages. */
function description(): Buffer {
  const bytes = Buffer.alloc(12 + 2 + 8 + 70);
  bytes.write('desc', 'latin1');
  bytes.writeUInt32BE(2, 8);
  bytes.write('-', 12, 'latin1');
  return bytes;
}

const clamp = (value: number) => Math.max(0, Math.min(1, value));
