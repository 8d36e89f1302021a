import { captureTime } from './capture-time.ts';
import { describeFile } from './describe-file.ts';
import { sniffImageFormat } from './image-format.ts';
import { sharp } from './libvips.ts';
import type { ImageFacts } from './renditions.ts';

/** What the first bytes of a picture say of it; its pixels are not read. */
export type PictureHeader = Omit<ImageFacts, 'extension'>;

/** What a file is, in words, that is no picture which the service keeps, or one with a broken header. */
export interface NoPicture {
  fault: 'unsupported' | 'damaged';
  is: string;
}

/**
 * Reads the header of a picture.
 *
 * With sharp, as the pipeline does, so that both find the same size. The package `image-size` would do without a layer,
 * but is some twenty parsers for untrusted bytes, has been sent into endless loops, and reads no resolution.
 */
export async function readPictureHeader(bytes: Uint8Array): Promise<PictureHeader | NoPicture> {
  const format = sniffImageFormat(bytes);
  if (!format) return { fault: 'unsupported', is: describeFile(bytes) };
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (!header) return { fault: 'damaged', is: `a damaged or incomplete ${format.format} file` };
  const capturedAt = captureTime(header.exif);
  return {
    mimeType: format.mimeType,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    ...(header.density && { dpi: Math.round(header.density) }),
    ...(capturedAt && { capturedAt }),
  };
}
