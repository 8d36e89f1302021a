import { setImmediate } from 'node:timers/promises';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { captureTime } from '../formats/capture-time.ts';
import type { TransferFunction } from '../formats/icc-profile.ts';
import { type FormatOfLibvips, formatNames } from '../formats/image-format.ts';
import { judgeScans } from '../formats/jpeg-scans.ts';
import { readJpegStructure } from '../formats/jpeg-structure.ts';
import { type PngColours, readPngColours } from '../formats/png-colours.ts';
import { type PreparedTiff, prepareTiff, type TiffPlanes } from '../formats/tiff-directory.ts';
import { RejectedImage } from '../rejected-image.ts';
import { estimateDecodeBytes } from './decode-memory.ts';
import { sharp } from './libvips.ts';
import {
  type Decoded,
  firstChannels,
  fromPixels,
  inside,
  type Pixels,
  squared,
  toPixels,
  withAlpha,
} from './pixels.ts';
import { defaultLimits, type RenditionLimits, requireWithinLimits } from './rendition-limits.ts';

/**
 * Decodes an image in a format of libvips: its properties, and its pixels, no larger than the largest copy needs.
 *
 * @throws RejectedImage for anything but a complete, decodable image within the limits
 */
export async function decodeWithLibvips(
  bytes: Uint8Array,
  format: FormatOfLibvips,
  limits: RenditionLimits,
): Promise<Decoded> {
  const { file, header } = await accept(bytes, format, limits);
  const needsPreview = format === 'tiff' || header.space === 'cmyk' || file.isArithmetic;
  const box = needsPreview ? 1600 : 400;
  return {
    ...header.autoOrient,
    dpi: dpiOf(header),
    taken: captureTime(format === 'tiff' ? bytes : header.exif),
    pages: file.tiff?.pages,
    needsPreview,
    // All copies are made from this one: decoding takes two thirds of the time, and a copy of a copy of this size
    // differs less from a full decode (50 dB) than the result of JPEG's own shrink-on-load for each copy (41 dB).
    pixels: await orRejected(
      format,
      (format === 'jpeg' ? readJpeg : readOther)(file, header, (image) => inside(image, box)),
    ),
  };
}

/**
 * Checks everything that decides, before the pixels are decoded, whether a file is accepted.
 *
 * @throws RejectedImage
 */
async function accept(bytes: Uint8Array, format: FormatOfLibvips, limits: RenditionLimits, page = 1) {
  const file = prepare(bytes, format, page);
  if (page > 1 && !(file.tiff && page <= file.tiff.pages))
    throw new RejectedImage(
      `This ${formatNames[format]} file has no page with the number ${page}; it has ${file.tiff?.pages ?? 1}.`,
    );
  requireKnownKind(file);
  const header = await orRejected(format, readHeader(file));
  const { width, height } = header;
  requireWithinLimits(
    { name: formatNames[format], width, height, bytes: estimateDecodeBytes(format, header) },
    limits,
  );
  if (file.isCut) {
    // When it shrinks a large JPEG, libvips does not read the last lines: a missing end of 3 kB would not be noticed.
    throw new RejectedImage('This JPEG file is incomplete: its end is missing. Please send it again.');
  }
  if (file.tiff?.isIncomplete || file.tiff?.scans === 'missing') {
    throw new RejectedImage(`This ${formatNames[format]} file ${damaged}.`);
  }
  requireShowable(format, header);
  return { file, header };
}

/**
 * Decodes a JPEG in a thread of libvips, as if it were whole, while this thread finds out whether it is: one after the
 * other took half as long again.
 */
async function readJpeg(file: Prepared, header: Metadata, shape: (image: Sharp) => Sharp): Promise<Pixels> {
  const decoding = Promise.allSettled([read(file, header, shape, true)]);
  // It starts in the next turn, which must not be after this thread's work.
  await setImmediate();
  const scans = judgeScans(file.bytes);
  const [decoded] = await decoding;
  if (scans === 'missing') throw new Error('codes of the JPEG are missing');
  if (scans === 'unclear') return read(file, header, shape);
  if (decoded.status === 'rejected') throw decoded.reason;
  return decoded.value;
}

/** Decodes any other format, of which `accept` has found out what there is to know. */
const readOther = (file: Prepared, header: Metadata, shape: (image: Sharp) => Sharp): Promise<Pixels> =>
  read(file, header, shape, file.tiff?.scans === 'whole');

/** A file prepared for libvips, with properties that libvips does not report. */
interface Prepared {
  format: FormatOfLibvips;
  bytes: Uint8Array;
  /** Whether a JPEG is truncated. */
  isCut: boolean;
  isArithmetic: boolean;
  tiff: PreparedTiff | undefined;
  png: PngColours | undefined;
}

function prepare(bytes: Uint8Array, format: FormatOfLibvips, page = 1): Prepared {
  const jpeg = format === 'jpeg' ? readJpegStructure(bytes) : undefined;
  const tiff = format === 'tiff' ? prepareTiff(bytes, page) : undefined;
  const png = format === 'png' ? readPngColours(bytes) : undefined;
  return {
    format,
    bytes: tiff?.plain ?? png?.bytes ?? bytes,
    isCut: jpeg?.hasEnd === false,
    isArithmetic: jpeg?.isArithmetic ?? false,
    tiff,
    png,
  };
}

/**
 * Decodes another page of a TIFF than the first, after the same checks as those of an upload.
 *
 * @throws RejectedImage if there is no such page, or it would be refused as an upload
 */
export async function decodeTiffPage(
  bytes: Uint8Array,
  page: number,
  shape: (image: Sharp) => Sharp,
): Promise<Pixels> {
  const { file, header } = await accept(bytes, 'tiff', defaultLimits, page);
  return orRejected('tiff', readOther(file, header, shape));
}

const readHeader = ({ bytes }: Pick<Prepared, 'bytes'>): Promise<Metadata> =>
  sharp(bytes, { limitInputPixels: false }).metadata();

/** Refuses a valid TIFF of a kind that libvips can't decode, or decodes wrongly. */
function requireKnownKind({ tiff }: Prepared): void {
  if (tiff?.isPreviewOnly) {
    throw new RejectedImage(
      'This TIFF file has only a smaller version of its picture, which is not accepted in its place. Please send the picture itself.',
    );
  }
  if (tiff?.unusual === 'bits') throw new RejectedImage(`This TIFF file ${unusualBits}.`);
  if (tiff?.unusual === 'colours') throw new RejectedImage(`This TIFF file ${unusualColours}.`);
}

/** Refuses pixels that libvips decodes without an error but displays wrongly: all black, or as noise. */
function requireShowable(format: FormatOfLibvips, { depth, space, hasAlpha }: Metadata): void {
  const isMeasured = ['scrgb', 'xyz', 'lab', 'labs'].includes(space); // where black and white have their numbers
  const hasRange = depth === 'uchar' || depth === 'ushort' || isMeasured;
  if (hasRange && !(space === 'labs' && hasAlpha)) return;
  const what = hasRange ? unusualColours : `has pixels of 32 bits, with a sign or with fractions, ${unusual}`;
  throw new RejectedImage(`This ${formatNames[format]} file ${what}.`);
}

/** Decodes an accepted image: upright, in 8-bit sRGB, with square pixels. */
export async function readUpright(
  bytes: Uint8Array,
  format: FormatOfLibvips,
  shape: (image: Sharp) => Sharp,
): Promise<Pixels> {
  const file = prepare(bytes, format);
  // An accepted image has all of its pixels, whatever the decoder warns about.
  return read(file, await readHeader(file), shape, format === 'jpeg' || file.tiff?.scans === 'whole');
}

/**
 * Decodes the pixels once, upright and in 8-bit sRGB, in the requested shape; fails if the image is incomplete.
 *
 * Decoders warn both about missing pixels and about unusual parameters, so a warning alone is not decisive. With
 * warnings, an image is refused unless another check proves that no pixel is missing.
 */
async function read(
  file: Prepared,
  header: Metadata,
  shape: (image: Sharp) => Sharp,
  isWhole = false,
): Promise<Pixels> {
  // Damage inside a JPEG passes 'error'; a truncated TIFF passes 'truncated'.
  if (isWhole) return toPixels(shape(await open(file, header, 'error')));
  try {
    return await toPixels(shape(await open(file, header, 'warning')));
  } catch (error) {
    if (file.format !== 'tiff' || !isHarmlessOfTiff(error)) throw error;
    return toPixels(shape(await open(file, header, 'error')));
  }
}

function isHarmlessOfTiff(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const [start, ...remarks] = error.message.trim().split('\n');
  return (
    start?.startsWith('Warning treated as error') === true &&
    remarks.every((remark) => harmlessOfTiff.test(remark) || /^error in (?:tile|strip|line)/.test(remark))
  );
}

/**
 * libtiff's warnings about bytes after the last pixel, and about chroma subsampling that it reads from the JPEG data.
 */
const harmlessOfTiff =
  /^(?:Discarding \d+ bytes to avoid buffer overrun|Auto-corrected former TIFF subsampling)/;

/** Opens the image upright, in sRGB and with square pixels. */
async function open(file: Prepared, header: Metadata, failOn: 'warning' | 'error'): Promise<Sharp> {
  const image = await openPixels(file, header, failOn);
  const aspect = file.tiff?.pixelAspect ?? 1;
  if (aspect === 1) return image;
  const { width, height } = header.autoOrient;
  const isTurned = (header.orientation ?? 1) > 4;
  return fromPixels(
    await toPixels(image.resize({ ...squared(width, height, isTurned ? 1 / aspect : aspect), fit: 'fill' })),
  );
}

async function openPixels(
  { bytes, tiff, png }: Prepared,
  header: Metadata,
  failOn: 'warning' | 'error',
): Promise<Sharp> {
  const options = { failOn, limitInputPixels: false, autoOrient: true } as const;
  if (tiff?.planes) return openPlanes(tiff.planes, options);
  const image = sharp(bytes, options);
  if (png?.greyToSrgb) return fromPixels(await readGrey(image, header, png.greyToSrgb));
  // sharp treats 16-bit RGB with a profile as Display P3 and does not convert it back: (200,50,30) becomes (184,63,42).
  if (header.space === 'rgb16' && header.hasProfile) image.pipelineColourspace('srgb');
  // And it renders linear values with 1/255 of their light.
  if (header.space === 'scrgb') image.pipelineColourspace('srgb');
  const colours = { 'b-w': 1, grey16: 1, cmyk: 4 }[header.space as string] ?? 3;
  const extra = header.channels - colours;
  const hasTransparency = tiff?.hasTransparency ?? true;
  if (extra < 1 || (extra === 1 && hasTransparency)) return image;
  // Before shrinking, because sharp would multiply the colors by a channel that is not transparency.
  return fromPixels(firstChannels(await toPixels(image), hasTransparency ? 4 : 3));
}

/** Converts each gray sample with the transfer function, but not the transparency. */
async function readGrey(image: Sharp, { depth }: Metadata, toSrgb: TransferFunction): Promise<Pixels> {
  const isDeep = depth === 'ushort';
  const largest = isDeep ? 65_535 : 255;
  const table = Uint8Array.from({ length: largest + 1 }, (_value, sample) =>
    Math.round(255 * toSrgb(sample / largest)),
  );
  // For 8 bits, sharp returns equal red, green and blue; with gray output it drops the transparency.
  if (isDeep) image.toColourspace('grey16');
  const { data, info } = await image
    .raw({ depth: isDeep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const samples = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const channels = info.channels % 2 === 0 ? 2 : 1;
  const grey = new Uint8Array(info.width * info.height * channels);
  for (let from = 0, to = 0; to < grey.length; from += info.channels) {
    grey[to++] = table[samples[from] ?? 0] ?? 0;
    if (channels === 2) grey[to++] = ((samples[from + info.channels - 1] ?? 0) * 255) / largest;
  }
  return { data: grey, width: info.width, height: info.height, channels };
}

/** Combines gray and its transparency, which are separate planes in the file. */
async function openPlanes(
  { grey, opacity, isPremultiplied }: TiffPlanes,
  options: SharpOptions,
): Promise<Sharp> {
  const colours = await toPixels(sharp(grey, options).toColourspace('srgb'));
  if (!opacity) return fromPixels(colours);
  const alpha = await toPixels(sharp(opacity, options).toColourspace('srgb').extractChannel(0));
  return fromPixels(withAlpha(firstChannels(colours, 3), alpha, isPremultiplied));
}

/** The resolution in the file, rounded to pixels per inch. */
export const dpiOf = ({ density }: Metadata): number | undefined =>
  density === undefined ? undefined : Math.round(density) || undefined;

/** Converts libvips' error about a damaged file to a reason for users; the original error is the cause. */
async function orRejected<T>(format: FormatOfLibvips, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const found = explanations.find(([matches]) => matches.test(message))?.[1];
    const reason = found ?? damaged;
    throw new RejectedImage(`This ${formatNames[format]} file ${reason}.`, { cause });
  }
}

const damaged = 'is damaged or incomplete. Please save or send it again';
const unusual = 'which is not accepted. Please save it as PNG or JPEG';
const unusualBits = `has an unusual number of bits for each pixel, ${unusual}`;
const unusualColours = `stores its colours in an unusual way, ${unusual}`;

/** Errors for files that may be valid. Any other error means damage. */
const explanations: readonly [RegExp, string][] = [
  [/^timeout/, 'takes longer to draw than is allowed'],
  [/premature end of JPEG/, 'is incomplete: its end is missing. Please send it again'],
  [/data precision \d/, 'has other than 8 bits for each colour. Please save it with 8'],
  [/channel limit/, 'has more than 5 colour channels. Please save it as grey or RGB'],
  [
    /compression support is not configured|decoding is not implemented/,
    `is compressed in an unusual way, ${unusual}`,
  ],
  [/whole number of bytes|not \d bands|bits per sample|samples out of range/, unusualBits],
  [
    /separate planes|labq format|no known route|unsupported tiff image type|subsampled images|photometric interpretation|LOGLUV/,
    unusualColours,
  ],
  [/tile size out of range/, `is stored in tiles of an unusual size, ${unusual}`],
  [/unsupported image format/, `is damaged or of an unusual kind, ${unusual}`],
];
