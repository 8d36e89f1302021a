import type { Metadata, OutputInfo, Sharp } from 'sharp';
import { captureTime } from './capture-time.ts';
import { estimateDecodeBytes } from './decode-memory.ts';
import { type ImageFormat, sniffImageFormat } from './image-format.ts';
import { noImage } from './inspect-file.ts';
import { readJpegStructure } from './jpeg-structure.ts';
import { sharp } from './libvips.ts';
import { RejectedImage } from './rejected-image.ts';

/** What an original says of itself. Width and height are pixels as a person sees them, after orientation. */
export interface ImageFacts {
  mimeType: ImageFormat['mimeType'];
  extension: ImageFormat['extension'];
  width: number;
  height: number;
  /** Pixels per inch, where the file says so. */
  dpi?: number;
  /** ISO 8601, UTC; see `captureTime` for cameras that do not know their time zone. */
  capturedAt?: string;
}

/** A smaller copy of an original: upright, sRGB, without any metadata. Width and height are pixels. */
export interface Rendition {
  name: 'thumbnail' | 'card' | 'png' | 'preview';
  mimeType: 'image/jpeg' | 'image/png';
  width: number;
  height: number;
  bytes: Uint8Array;
}

/** How much work one image may be; the defaults fit a Lambda of 1 GB. */
export interface RenditionLimits {
  /** Default 100 million: above the largest clinical cameras, far below what a bomb claims. */
  pixels: number;
  /** Default 500 million: peak memory for decoding, which for some files is 20 bytes for each pixel. */
  decodedBytes: number;
}

const defaultLimits: RenditionLimits = { pixels: 100_000_000, decodedBytes: 500_000_000 };

/**
 * Makes every smaller copy that the service shows, and reads the facts on the way. First frame only of animations.
 *
 * - `thumbnail`: JPEG q85, inside 300×300; `png`: the same as PNG, transparency kept
 * - `card`: JPEG q85, inside 400×400
 * - `preview`: JPEG q85, inside 1600×1600, only where browsers can't show the original as it is meant
 *
 * Nothing is enlarged. Transparency is white in a JPEG. A PNG's gAMA chunk is not applied (libvips knows none).
 *
 * @throws RejectedImage for anything but a whole, decodable image within the limits
 */
export async function makeRenditions(
  bytes: Uint8Array,
  limits: Partial<RenditionLimits> = {},
): Promise<ImageFacts & { renditions: Rendition[] }> {
  const format = sniffImageFormat(bytes);
  if (!format) throw noImage(bytes);
  const header = await orRejected(format, sharp(bytes, { limitInputPixels: false }).metadata());
  checkLimits(format, header, { ...defaultLimits, ...limits });

  const jpeg = format.format === 'jpeg' ? readJpegStructure(bytes) : undefined;
  if (jpeg && !jpeg.hasEnd) {
    // Of a large JPEG, libvips never asks for the last few lines when it shrinks: 3 kB may be missing unseen.
    throw new RejectedImage('This JPEG file is incomplete: its end is missing. Please send it again.');
  }
  const needsPreview = format.format === 'tiff' || header.space === 'cmyk' || jpeg?.isArithmetic;
  const upright = await orRejected(format, decode(bytes, header, needsPreview ? 1600 : 400));
  const capturedAt = captureTime(header.exif);
  return {
    mimeType: format.mimeType,
    extension: format.extension,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    ...(header.density && { dpi: Math.round(header.density) }),
    ...(capturedAt && { capturedAt }),
    renditions: await Promise.all([
      // The slowest first: they are encoded side by side.
      ...(needsPreview ? [encode('preview', upright, 1600)] : []),
      encode('png', upright, 300),
      encode('thumbnail', upright, 300),
      encode('card', upright, 400),
    ]),
  };
}

function checkLimits({ format }: ImageFormat, header: Metadata, limits: RenditionLimits): void {
  const { width, height } = header;
  if (width * height > limits.pixels) {
    throw new RejectedImage(
      `This image has ${megas(width * height)} megapixels (${width}×${height}); ` +
        `at most ${megas(limits.pixels)} megapixels are accepted.`,
    );
  }
  const bytes = estimateDecodeBytes(format, header);
  if (bytes > limits.decodedBytes) {
    throw new RejectedImage(
      `This ${formatNames[format]} file (${width}×${height} pixels) takes ${megas(bytes)} MB of memory to open; ` +
        `at most ${megas(limits.decodedBytes)} MB are allowed. Please save it smaller, or as a plain JPEG.`,
    );
  }
}

interface Pixels {
  data: Buffer;
  info: OutputInfo;
}

/**
 * Reads the whole image once, upright and in 8-bit sRGB, no larger than the largest copy.
 * All copies come from here: decoding is two thirds of the time, and a copy of a copy this size differs less from a full
 * decode (50 dB) than what JPEG's own shrink-on-load gives for each copy (41 dB).
 */
function decode(bytes: Uint8Array, header: Metadata, box: number): Promise<Pixels> {
  // 'warning' and nothing less: a JPEG with damage inside passes under 'error', a TIFF cut at its end under 'truncated'.
  const image = inside(sharp(bytes, { failOn: 'warning', limitInputPixels: false, autoOrient: true }), box);
  // sharp takes 16-bit RGB with a profile for Display P3 and does not convert it back: (200,50,30) becomes (184,63,42).
  if (header.space === 'rgb16' && header.hasProfile) image.pipelineColourspace('srgb');
  return image.raw().toBuffer({ resolveWithObject: true });
}

async function encode(name: Rendition['name'], { data, info }: Pixels, box: number): Promise<Rendition> {
  const { width, height, channels } = info;
  const image = inside(sharp(data, { raw: { width, height, channels } }), box);
  if (name === 'png') {
    // The slowest part after decoding: level 1 is 1.5 ms faster than sharp's 6, and 8 % larger.
    image.png({ compressionLevel: 1 });
  } else {
    // Halving an icon's colours smears all of it; of a photograph it saves a quarter, unseen.
    const chromaSubsampling = width * height < 10_000 ? '4:4:4' : '4:2:0';
    image.flatten({ background: 'white' }).jpeg({ quality: 85, chromaSubsampling });
  }
  const encoded = await image.toBuffer({ resolveWithObject: true });
  return {
    name,
    mimeType: name === 'png' ? 'image/png' : 'image/jpeg',
    width: encoded.info.width,
    height: encoded.info.height,
    bytes: encoded.data,
  };
}

function inside(image: Sharp, box: number): Sharp {
  return image.resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true });
}

/** Turns what libvips says of a damaged file into a reason for people; the original words stay as the cause. */
async function orRejected<T>({ format }: ImageFormat, work: Promise<T>): Promise<T> {
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

const formatNames = {
  jpeg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
  webp: 'WebP',
  tiff: 'TIFF',
  avif: 'AVIF',
} as const;

function megas(count: number): number {
  return Math.ceil(count / 1_000_000);
}
