import { readBmpHeader } from '../formats/bmp-header.ts';
import { captureTime } from '../formats/capture-time.ts';
import { describeFile } from '../formats/describe-file.ts';
import { type ImageFormat, sniffImageFormat } from '../formats/image-format.ts';
import { dpiOf } from './decode-libvips.ts';
import { sharp } from './libvips.ts';
import type { ImageFacts } from './renditions.ts';

/** What the first bytes of a picture say of it; its pixels are not read. A PDF has no size before it is drawn. */
export type PictureHeader = Pick<ImageFacts, 'mimeType'> & Partial<Omit<ImageFacts, 'extension'>>;

/** What a file is, in words, that is no picture which the service keeps, or one with a broken header. */
export interface UnsupportedPicture {
  fault: 'unsupported' | 'damaged';
  is: string;
}

/**
 * Reads the header of a picture.
 *
 * With sharp, as the pipeline does, so that both find the same size. The package `image-size` would do without a layer,
 * but is some twenty parsers for untrusted bytes, has been sent into endless loops, and reads no resolution.
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
  if (format === 'pdf') return {};
  if (format === 'bmp') {
    const { width, height } = readBmpHeader(bytes);
    return { width, height };
  }
  const header = await sharp(bytes, { limitInputPixels: false }).metadata();
  const dpi = dpiOf(header);
  const capturedAt = captureTime(format === 'tiff' ? bytes : header.exif);
  return { ...header.autoOrient, ...(dpi && { dpi }), ...(capturedAt && { capturedAt }) };
}
