import { crc32, deflateSync } from 'node:zlib';
import { bt709, lightToSrgb, primariesByNumber, srgbToLight, transferByNumber } from './h273-colours.ts';
import { matrixProfile, type Primaries, type TransferFunction } from './icc-profile.ts';

/** Color information of a PNG that libvips does not support. */
export interface PngColours {
  /** The same file with an equivalent ICC profile, which libvips supports. */
  bytes: Uint8Array;
  /** For gray, which libvips does not convert by a profile at 16 bits: converts a sample, from 0 to 1, to sRGB. */
  greyToSrgb?: TransferFunction;
}

/** The chunks with color information, in order of precedence (PNG 3rd edition, 4.3). */
const colourChunks = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM'];

/**
 * Reads the color information of a PNG in order of precedence: cICP, iCCP, sRGB, then gAMA and cHRM (PNG 3rd edition,
 * 4.3). Returns undefined if libvips is correct by itself: with an ICC profile, sRGB, or an equivalent.
 */
export function readPngColours(bytes: Uint8Array): PngColours | undefined {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks = new Map<string, Buffer>();
  const rest: Buffer[] = [png.subarray(0, 8)];
  let at = 8;
  for (let type = ''; type !== 'IDAT' && at + 12 <= png.length; ) {
    const end = at + 12 + png.readUInt32BE(at);
    type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' || end > png.length) break;
    if (!chunks.has(type)) chunks.set(type, png.subarray(at + 8, end - 4));
    if (!colourChunks.includes(type)) rest.push(png.subarray(at, end));
    at = end;
  }
  const colours = coloursOf(chunks);
  const isGrey = ((chunks.get('IHDR')?.[9] ?? 2) & 2) === 0;
  if (!colours) return undefined;
  const profile = isGrey ? [] : [profileChunk(matrixProfile(colours.primaries, colours.light))];
  const [signature, header, ...others] = rest;
  if (!signature || !header) return undefined;
  return {
    bytes: Buffer.concat([signature, header, ...profile, ...others, png.subarray(at)]),
    ...(isGrey && { greyToSrgb: (sample: number) => lightToSrgb(Math.min(1, colours.light(sample))) }),
  };
}

function coloursOf(
  chunks: ReadonlyMap<string, Buffer>,
): { primaries: Primaries; light: TransferFunction } | undefined {
  const [primariesNumber = 2, transfer = 2, , isFullRange] = chunks.get('cICP') ?? [];
  const [primaries, light] = [primariesByNumber[primariesNumber], transferByNumber[transfer]];
  if (primaries && light && isFullRange === 1) {
    // Like sRGB, and in front of a profile that says something else.
    return primaries === bt709 && light === srgbToLight && !chunks.has('iCCP')
      ? undefined
      : { primaries, light };
  }
  if (chunks.has('iCCP') || chunks.has('sRGB')) return undefined;
  const gamma = chunks.get('gAMA')?.length === 4 ? (chunks.get('gAMA')?.readUInt32BE(0) ?? 0) / 100_000 : 0;
  const chromaticities = readChromaticities(chunks.get('cHRM'));
  const isUsual = gamma === 0 || Math.abs(gamma * 2.2 - 1) < 0.02;
  if (isUsual && (!chromaticities || isAlike(chromaticities, bt709))) return undefined;
  return { primaries: chromaticities ?? bt709, light: isUsual ? srgbToLight : (v) => v ** (1 / gamma) };
}

/** PNG 3rd edition, 11.3.2.1: white, red, green, blue, each number times 100,000. */
function readChromaticities(chunk: Buffer | undefined): Primaries | undefined {
  if (chunk?.length !== 32) return undefined;
  const point = (at: number) =>
    [chunk.readUInt32BE(at) / 100_000, chunk.readUInt32BE(at + 4) / 100_000] as const;
  const primaries = { white: point(0), red: point(8), green: point(16), blue: point(24) };
  const { red, green, blue } = primaries;
  // Three collinear points do not form a gamut.
  const area = (green[0] - red[0]) * (blue[1] - red[1]) - (green[1] - red[1]) * (blue[0] - red[0]);
  return Object.values(primaries).every(([, y]) => y > 0) && Math.abs(area) > 0.001 ? primaries : undefined;
}

const isAlike = (one: Primaries, other: Primaries) =>
  (['white', 'red', 'green', 'blue'] as const).every((name) =>
    [0, 1].every((i) => Math.abs((one[name][i] ?? 0) - (other[name][i] ?? 0)) < 0.005),
  );

function profileChunk(profile: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iCCP-\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
