import type { Metadata, Sharp } from 'sharp';
import { captureTime } from './capture-time.ts';
import { estimateDecodeBytes } from './decode-memory.ts';
import { type FormatOfLibvips, formatNames } from './image-format.ts';
import { readJpegStructure } from './jpeg-structure.ts';
import { sharp } from './libvips.ts';
import { type Decoded, inside, type Pixels, toPixels } from './pixels.ts';
import { RejectedImage } from './rejected-image.ts';
import { type RenditionLimits, requireWithinLimits } from './rendition-limits.ts';

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
  const header = await orRejected(format, sharp(bytes, { limitInputPixels: false }).metadata());
  const { width, height } = header;
  requireWithinLimits(
    { name: formatNames[format], width, height, bytes: estimateDecodeBytes(format, header) },
    limits,
  );

  const jpeg = format === 'jpeg' ? readJpegStructure(bytes) : undefined;
  if (jpeg && !jpeg.hasEnd) {
    // Of a large JPEG, libvips never asks for the last few lines when it shrinks: 3 kB may be missing unseen.
    throw new RejectedImage('This JPEG file is incomplete: its end is missing. Please send it again.');
  }
  const needsPreview = format === 'tiff' || header.space === 'cmyk' || jpeg?.isArithmetic === true;
  return {
    ...header.autoOrient,
    dpi: dpiOf(header),
    capturedAt: captureTime(header.exif),
    needsPreview,
    pixels: await orRejected(format, decode(bytes, header, needsPreview ? 1600 : 400)),
  };
}

/**
 * Reads the whole image once, upright and in 8-bit sRGB, no larger than the largest copy.
 * All copies come from here: decoding is two thirds of the time, and a copy of a copy this size differs less from a full
 * decode (50 dB) than what JPEG's own shrink-on-load gives for each copy (41 dB).
 */
function decode(bytes: Uint8Array, header: Metadata, box: number): Promise<Pixels> {
  return toPixels(inside(openUpright(bytes, header), box));
}

/** The picture upright and in sRGB, whole: what is damaged fails when it is read. */
export function openUpright(bytes: Uint8Array, header: Metadata): Sharp {
  // 'warning' and nothing less: a JPEG with damage inside passes under 'error', a TIFF cut at its end under 'truncated'.
  const image = sharp(bytes, { failOn: 'warning', limitInputPixels: false, autoOrient: true });
  // sharp takes 16-bit RGB with a profile for Display P3 and does not convert it back: (200,50,30) becomes (184,63,42).
  if (header.space === 'rgb16' && header.hasProfile) image.pipelineColourspace('srgb');
  return image;
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

const explanations: readonly [RegExp, string][] = [
  [/premature end of JPEG/, 'is incomplete: its end is missing. Please send it again'],
  [/data precision 12/, 'has 12 bits for each colour. Please save it with 8'],
  [/channel limit/, 'has more than 5 colour channels. Please save it as grey or RGB'],
];
