import { readBmpHeader } from '../formats/bmp-header.ts';
import { captureTime } from '../formats/capture-time.ts';
import { describeFile } from '../formats/describe-file.ts';
import { type ImageFormat, sniffImageFormat } from '../formats/image-format.ts';
import { dpiOf } from './decode-libvips.ts';
import { sharp } from './libvips.ts';
import type { ImageFacts } from './renditions.ts';

/** The properties in an image's header; its pixels are not decoded. The size of a PDF or HEIC is known after decoding. */
export type PictureHeader = Pick<ImageFacts, 'mimeType'> & Partial<Omit<ImageFacts, 'extension'>>;

/** The description of a file that is not a supported image, or has an invalid header. */
export interface UnsupportedPicture {
  fault: 'unsupported' | 'damaged';
  is: string;
}

/**
 * Reads the header of an image.
 *
 * It uses sharp, as the pipeline does, so that both find the same size. The package `image-size` needs no layer, but
 * consists of some twenty parsers for untrusted bytes, has had endless loops, and reads no resolution.
 */
export async function readPictureHeader(bytes: Uint8Array): Promise<PictureHeader | UnsupportedPicture> {
  const format = sniffImageFormat(bytes);
  if (!format) return { fault: 'unsupported', is: describeFile(bytes) };
  try {
    return { mimeType: format.mimeType, ...(await readFacts(bytes, format)) };
  } catch {
    return { fault: 'damaged', is: `a damaged or incomplete ${format.format} file` };
  }
}

async function readFacts(
  bytes: Uint8Array,
  { format }: ImageFormat,
): Promise<Omit<PictureHeader, 'mimeType'>> {
  if (format === 'pdf' || format === 'heic') return {};
  if (format === 'bmp') {
    const { width, height } = readBmpHeader(bytes);
    return { width, height };
  }
  const header = await sharp(bytes, { limitInputPixels: false }).metadata();
  const dpi = dpiOf(header);
  return {
    ...header.autoOrient,
    ...(dpi && { dpi }),
    ...captureTime(format === 'tiff' ? bytes : header.exif),
  };
}
