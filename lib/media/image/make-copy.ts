import type { Sharp } from 'sharp';
import { sniffImageFormat } from '../formats/image-format.ts';
import { decodeHeic } from '../heic/decode-heic.ts';
import { decodePdf } from '../pdf/decode-pdf.ts';
import { RejectedImage } from '../rejected-image.ts';
import { decodeBmp } from './decode-bmp.ts';
import { decodeTiffPage, readUpright } from './decode-libvips.ts';
import { noImage } from './inspect-file.ts';
import { fromPixels, type Pixels, toPixels } from './pixels.ts';
import { defaultLimits } from './rendition-limits.ts';
import { drawWatermark } from './watermark.ts';

/** The options of a copy. */
export interface CopyOptions {
  format: 'jpeg' | 'png' | 'webp' | 'avif';
  /** Pixels; nothing is enlarged. */
  width: number;
  /** Pixels; default unlimited. */
  maxHeight?: number | undefined;
  /** Of a TIFF or PDF, from 1. Default 1. */
  page?: number;
  /** 1 to 100; PNG has none. */
  quality: number | undefined;
  /** One line, drawn over the whole image. */
  watermark: string | undefined;
  /** Changes the upright picture, before it is made smaller. */
  redraw?: ((pixels: Pixels) => Pixels) | undefined;
}

/** Time limit for decoding and for encoding. An ordinary photograph takes a tenth of a second. */
const SECONDS = 20;

/**
 * Re-encodes an accepted image: upright, sRGB, first frame only, without any metadata. The same options give the same
 * bytes. For the first page of a PDF, pass its preview.
 *
 * @throws RejectedImage if the bytes are not an image, it has no such page, or take too long. Only the first page of a
 * document was checked when it was accepted.
 */
export async function makeCopy(bytes: Uint8Array, options: CopyOptions): Promise<Uint8Array> {
  try {
    const pixels = options.redraw
      ? await decodeEdited(bytes, options, options.redraw)
      : await decode(bytes, options);
    return await encode(options.watermark ? await drawWatermark(pixels, options.watermark) : pixels, options);
  } catch (cause) {
    if (!(cause instanceof Error && /^timeout/.test(cause.message))) throw cause;
    const reason = `This copy takes longer to make than the ${SECONDS} seconds allowed. Please ask for a smaller one.`;
    throw new RejectedImage(reason, { cause });
  }
}

/** The longest side at which edits are made, which bounds their time: that of the largest copy. */
const EDITED_SIDE = 4000;

async function decodeEdited(bytes: Uint8Array, options: CopyOptions, redraw: (pixels: Pixels) => Pixels) {
  const whole = await decode(bytes, { ...options, width: EDITED_SIDE, maxHeight: EDITED_SIDE });
  const edited = fromPixels(redraw(whole));
  return toPixels(fitted(edited, options));
}

const fitted = (image: Sharp, { width, maxHeight }: CopyOptions): Sharp =>
  image
    .resize({ width, ...(maxHeight && { height: maxHeight }), fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds: SECONDS });

async function decode(bytes: Uint8Array, options: CopyOptions): Promise<Pixels> {
  const { page = 1 } = options;
  const format = sniffImageFormat(bytes)?.format;
  if (!format || (format === 'pdf' && page === 1)) throw noImage(bytes);
  const shape = (image: Sharp) => fitted(image, options);
  if (format === 'pdf') return toPixels(shape(fromPixels((await decodePdf(bytes, { page })).pixels)));
  if (format === 'tiff' && page > 1) return decodeTiffPage(bytes, page, shape);
  if (format === 'heic') return (await decodeHeic(bytes, defaultLimits, shape)).pixels;
  if (format === 'bmp') return toPixels(shape(fromPixels(decodeBmp(bytes, defaultLimits).pixels)));
  return readUpright(bytes, format, shape);
}

function encode(pixels: Pixels, { format, quality = 85 }: CopyOptions): Promise<Uint8Array> {
  const image = fromPixels(pixels).timeout({ seconds: SECONDS });
  switch (format) {
    case 'jpeg':
      return image.flatten({ background: 'white' }).jpeg({ quality }).toBuffer();
    case 'png':
      return image.png().toBuffer();
    case 'webp':
      return image.webp({ quality }).toBuffer();
    case 'avif':
      // libaom can't be aborted, so it must be fast: 5 megapixels take 0.4 s of a core with effort 0, 2.3 s with 2 and
      // 9 s with sharp's default of 4, for files that are a tenth to a third smaller.
      return image.avif({ quality, effort: 0 }).toBuffer();
  }
}
