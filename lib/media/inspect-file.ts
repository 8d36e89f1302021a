import { base64Crc32 } from './base64-crc32.ts';
import { describeFile } from './describe-file.ts';
import { formatNames, type ImageFormat, sniffImageFormat } from './image-format.ts';
import { RejectedImage } from './rejected-image.ts';

/** What a file shows before anything decodes it. */
export interface InspectedFile {
  mimeType: ImageFormat['mimeType'];
  /** Bytes. */
  fileSize: number;
  /** Base64, as S3 has it. */
  crc32: string;
}

/** Looks at a file's length and first bytes: enough to refuse at once what is none of the accepted types. */
export function inspectFile(
  bytes: Uint8Array,
  maxBytes: number,
  accepted: readonly ImageFormat['mimeType'][],
): InspectedFile | RejectedImage {
  if (bytes.length > maxBytes) return new RejectedImage(`The file is larger than ${maxBytes} bytes.`);
  const format = sniffImageFormat(bytes);
  if (!format) return noImage(bytes);
  if (!accepted.includes(format.mimeType))
    return new RejectedImage(
      `This is a ${formatNames[format.format]} file; expected ${accepted.join(', ')}.`,
    );
  return { mimeType: format.mimeType, fileSize: bytes.length, crc32: base64Crc32(bytes) };
}

/** Why bytes of no known format are no image, in words. */
export const noImage = (bytes: Uint8Array) =>
  new RejectedImage(`This is ${describeFile(bytes)}; expected JPEG, PNG, GIF, WebP, TIFF, AVIF, BMP or PDF.`);
