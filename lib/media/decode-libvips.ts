import type { Metadata, Sharp } from 'sharp';
import { captureTime } from './capture-time.ts';
import { estimateDecodeBytes } from './decode-memory.ts';
import { type FormatOfLibvips, formatNames } from './image-format.ts';
import { readJpegStructure } from './jpeg-structure.ts';
import { sharp } from './libvips.ts';
import { type Decoded, firstChannels, fromPixels, inside, type Pixels, toPixels } from './pixels.ts';
import { RejectedImage } from './rejected-image.ts';
import { type RenditionLimits, requireWithinLimits } from './rendition-limits.ts';
import { readTiffDirectory } from './tiff-directory.ts';

/**
 * Reads a picture of a format that libvips knows: its facts, and its pixels no larger than the largest copy needs.
 *
 * @throws RejectedImage for anything but a whole, decodable image within the limits
 */
export async function decodeWithLibvips(
  bytes: Uint8Array,
  format: FormatOfLibvips,
  limits: RenditionLimits,
): Promise<Decoded> {
  const file = prepare(bytes, format);
  const header = await orRejected(format, readHeader(file));
  const { width, height } = header;
  requireWithinLimits(
    { name: formatNames[format], width, height, bytes: estimateDecodeBytes(format, header) },
    limits,
  );
  if (file.isCut) {
    // Of a large JPEG, libvips never asks for the last few lines when it shrinks: 3 kB may be missing unseen.
    throw new RejectedImage('This JPEG file is incomplete: its end is missing. Please send it again.');
  }
  requireShowable(format, header, file);
  const needsPreview = format === 'tiff' || header.space === 'cmyk' || file.isArithmetic;
  return {
    ...header.autoOrient,
    dpi: dpiOf(header),
    capturedAt: captureTime(format === 'tiff' ? bytes : header.exif),
    needsPreview,
    pixels: await orRejected(format, decode(file, header, needsPreview ? 1600 : 400)),
  };
}

/** What libvips gets to read of a file, and what it would not tell of it. */
interface Prepared {
  bytes: Uint8Array;
  /** Whether a JPEG ends too early. */
  isCut: boolean;
  isArithmetic: boolean;
  isPlanarYcc: boolean;
  /** Whether the fourth channel of RGB, the second of grey, is transparency. */
  hasTransparency: boolean;
}

function prepare(bytes: Uint8Array, format: FormatOfLibvips): Prepared {
  const jpeg = format === 'jpeg' ? readJpegStructure(bytes) : undefined;
  const tiff = format === 'tiff' ? readTiffDirectory(bytes) : undefined;
  return {
    bytes: jpeg?.plain ?? tiff?.plain ?? bytes,
    isCut: jpeg?.hasEnd === false,
    isArithmetic: jpeg?.isArithmetic ?? false,
    isPlanarYcc: tiff?.isPlanarYcc ?? false,
    hasTransparency: tiff?.hasTransparency ?? true,
  };
}

const readHeader = ({ bytes }: Pick<Prepared, 'bytes'>): Promise<Metadata> =>
  sharp(bytes, { limitInputPixels: false }).metadata();

/** Refuses pixels that libvips reads without an error, and shows wrong: all black, or in colours of noise. */
function requireShowable(
  format: FormatOfLibvips,
  { depth, space, hasAlpha }: Metadata,
  { isPlanarYcc }: Prepared,
): void {
  const isMeasured = ['scrgb', 'xyz', 'lab', 'labs'].includes(space); // where black and white have their numbers
  const hasRange = depth === 'uchar' || depth === 'ushort' || isMeasured;
  if (hasRange && !isPlanarYcc && !(space === 'labs' && hasAlpha)) return;
  const what = hasRange
    ? 'stores its colours in an unusual way'
    : 'has pixels of 32 bits, with a sign or with fractions';
  throw new RejectedImage(
    `This ${formatNames[format]} file ${what}, which is not accepted. Please save it as PNG or JPEG.`,
  );
}

/**
 * Reads the whole image once, upright and in 8-bit sRGB, no larger than the largest copy.
 * All copies come from here: decoding is two thirds of the time, and a copy of a copy this size differs less from a full
 * decode (50 dB) than what JPEG's own shrink-on-load gives for each copy (41 dB).
 */
async function decode(file: Prepared, header: Metadata, box: number): Promise<Pixels> {
  return toPixels(inside(await open(file, header), box));
}

/** A picture that was accepted before, upright and in sRGB. */
export async function openUpright(bytes: Uint8Array, format: FormatOfLibvips): Promise<Sharp> {
  const file = prepare(bytes, format);
  return open(file, await readHeader(file));
}

/** The picture upright and in sRGB, whole: what is damaged fails when it is read. */
async function open({ bytes, hasTransparency }: Prepared, header: Metadata): Promise<Sharp> {
  // 'warning' and nothing less: a JPEG with damage inside passes under 'error', a TIFF cut at its end under 'truncated'.
  const image = sharp(bytes, { failOn: 'warning', limitInputPixels: false, autoOrient: true });
  // sharp takes 16-bit RGB with a profile for Display P3 and does not convert it back: (200,50,30) becomes (184,63,42).
  if (header.space === 'rgb16' && header.hasProfile) image.pipelineColourspace('srgb');
  // And it makes 1/255 of the light that linear numbers stand for.
  if (header.space === 'scrgb') image.pipelineColourspace('srgb');
  const colours = { 'b-w': 1, grey16: 1, cmyk: 4 }[header.space as string] ?? 3;
  const extra = header.channels - colours;
  if (extra < 1 || (extra === 1 && hasTransparency)) return image;
  // Before it shrinks, when sharp would fade the colours by what is no transparency.
  return fromPixels(firstChannels(await toPixels(image), hasTransparency ? 4 : 3));
}

/** The resolution that the file states, as whole pixels per inch. */
export const dpiOf = ({ density }: Metadata): number | undefined =>
  density === undefined ? undefined : Math.round(density) || undefined;

/** Turns what libvips says of a damaged file into a reason for people; the original words stay as the cause. */
async function orRejected<T>(format: FormatOfLibvips, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const found = explanations.find(([matches]) => matches.test(message))?.[1];
    const reason = found ?? 'is damaged or incomplete. Please save or send it again';
    throw new RejectedImage(`This ${formatNames[format]} file ${reason}.`, { cause });
  }
}

const unusual = 'which is not accepted. Please save it as PNG or JPEG';

/** Files that may well be whole, the rest being damage. */
const explanations: readonly [RegExp, string][] = [
  [/premature end of JPEG/, 'is incomplete: its end is missing. Please send it again'],
  [/data precision \d/, 'has other than 8 bits for each colour. Please save it with 8'],
  [/channel limit/, 'has more than 5 colour channels. Please save it as grey or RGB'],
  [
    /compression support is not configured|decoding is not implemented/,
    `is compressed in an unusual way, ${unusual}`,
  ],
  [/whole number of bytes|not \d bands/, `has an unusual number of bits for each pixel, ${unusual}`],
  [/separate planes|labq format|no known route/, `stores its colours in an unusual way, ${unusual}`],
  [/unsupported image format/, `is damaged or of an unusual kind, ${unusual}`],
];
