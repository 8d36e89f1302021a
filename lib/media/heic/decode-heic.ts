import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { captureTime } from '../formats/capture-time.ts';
import { bt709, primariesByNumber, srgbToLight, transferByNumber } from '../formats/h273-colours.ts';
import { matrixProfile } from '../formats/icc-profile.ts';
import { profiledTiff } from '../formats/profiled-tiff.ts';
import { sharp } from '../image/libvips.ts';
import { type Decoded, fromPixels, type Pixels, toPixels } from '../image/pixels.ts';
import { LINE, type RenditionLimits, requireWithinLimits } from '../image/rendition-limits.ts';
import { DecoderFailure, type DecoderLimits, decodeInChild } from '../process/decode-in-child.ts';
import { RejectedImage } from '../rejected-image.ts';
import type { HeicJob, HeicPicture, HeicRefusal } from './heic-process.ts';

/**
 * 48 megapixels, the most of an iPhone, take 5 s and 365 MiB; its usual 12 and 24 megapixels a quarter and a half of it.
 */
const defaults: DecoderLimits = { milliseconds: 40_000, cpuSeconds: 20, memoryMb: 448 };

/** The peak memory for each pixel: the decoded planes, and the RGB or RGBA that is made of them. */
const BYTES_PER_PIXEL = 8;

/** The script of the child process: see `decode-pdf.ts`. In Lambda, its package is in the layer `libheif`. */
const script = join(
  import.meta.dirname,
  `heic-process.${import.meta.filename.endsWith('.ts') ? 'ts' : 'mjs'}`,
);

/**
 * Decodes the primary image of a HEIC file, in the requested shape and in sRGB. The crop, rotation and mirroring of the
 * file are applied; the orientation in its Exif only repeats them (ISO/IEC 23008-12, Annex A.2.1).
 *
 * @throws RejectedImage for a damaged file, one beyond the limits, or one that has another coding than HEVC
 */
export async function decodeHeic(
  heic: Uint8Array,
  limits: RenditionLimits,
  shape: (image: Sharp) => Sharp,
  processLimits: Partial<DecoderLimits> = {},
): Promise<Decoded> {
  const { width, height, channels, exif, colours, data } = await decode(heic, limits, {
    ...defaults,
    ...processLimits,
  });
  const shaped = await toPixels(shape(fromPixels({ data, width, height, channels })));
  return {
    width,
    height,
    taken: captureTime(exif),
    needsPreview: true,
    pixels: await toSrgb(shaped, colours),
  };
}

async function decode(
  heic: Uint8Array,
  limits: RenditionLimits,
  processLimits: DecoderLimits,
): Promise<HeicPicture & { data: Buffer }> {
  const pixels = Math.min(limits.pixels, Math.floor(limits.decodedBytes / BYTES_PER_PIXEL));
  const job: HeicJob = { heic, pixels, line: LINE };
  const answer = await decodeInChild<HeicJob, HeicPicture, HeicRefusal>(script, job, processLimits).catch(
    (cause) => {
      if (!(cause instanceof DecoderFailure)) throw cause;
      throw new RejectedImage(reasonOf(cause, processLimits), { cause });
    },
  );
  if ('picture' in answer) return { ...answer.picture, data: answer.pixels };
  if ('tooLarge' in answer.refused) {
    const { width, height } = answer.refused.tooLarge;
    requireWithinLimits({ name: 'HEIC', width, height, bytes: width * height * BYTES_PER_PIXEL }, limits);
    // A column longer than the longest line, which may be a line before it is rotated.
    throw new RejectedImage(`This HEIC file has ${width}×${height} pixels, which is not accepted.`);
  }
  const { unreadable, message } = answer.refused;
  throw new RejectedImage(unreadable === 'memory' ? tooLarge(processLimits) : refusals[unreadable], {
    cause: new Error(message),
  });
}

/** Converts pixels to sRGB from the colors of the file, which without information are sRGB already. */
async function toSrgb(pixels: Pixels, colours: HeicPicture['colours']): Promise<Pixels> {
  const profile = profileOf(colours);
  return profile ? toPixels(sharp(profiledTiff(pixels, profile), { limitInputPixels: false })) : pixels;
}

function profileOf(colours: HeicPicture['colours']): Uint8Array | undefined {
  if (!colours) return undefined;
  // ICC.1, 7.2.6: the color space of the samples. A profile for gray does not fit the decoded RGB.
  if ('icc' in colours) {
    return Buffer.from(colours.icc).toString('latin1', 16, 20) === 'RGB ' ? colours.icc : undefined;
  }
  const [primaries, light] = [primariesByNumber[colours.primaries], transferByNumber[colours.transfer]];
  if (!primaries || !light || (primaries === bt709 && light === srgbToLight)) return undefined;
  return matrixProfile(primaries, light);
}

/** The reason for the sender, from the failure of the process. */
function reasonOf({ why }: DecoderFailure, limits: DecoderLimits): string {
  switch (why) {
    case 'late':
      return `This HEIC file takes longer to draw than the ${limits.milliseconds / 1000} seconds allowed.`;
    case 'cpu':
      return `This HEIC file takes more than the ${limits.cpuSeconds} seconds of computation allowed. Please save it smaller, or as JPEG.`;
    case 'memory':
      return tooLarge(limits);
    case 'crash':
      return refusals.damaged;
  }
}

const tooLarge = ({ memoryMb }: DecoderLimits) =>
  `This HEIC file takes more memory to draw than the ${memoryMb} MB allowed. Please save it smaller, or as JPEG.`;

const refusals = {
  damaged: 'This HEIC file is damaged or incomplete. Please save or send it again.',
  'no picture': 'This HEIC file has no still picture. Please save it as JPEG.',
  parts: 'This HEIC file has larger or more parts than are accepted. Please save it as JPEG.',
  coding: 'This HEIF file is compressed in an unusual way, which is not accepted. Please save it as JPEG.',
} as const;
