import { base64Crc32 } from '../base64-crc32.ts';
import { describeFile } from '../formats/describe-file.ts';
import {
  allTypes,
  formatNames,
  type ImageFormat,
  nameOfType,
  sniffImageFormat,
} from '../formats/image-format.ts';
import { RejectedImage } from '../rejected-image.ts';

/** The properties of a file that need no decoding. */
export interface InspectedFile {
  mimeType: ImageFormat['mimeType'];
  /** Bytes. */
  fileSize: number;
  /** In S3's base64 form. */
  crc32: string;
}

/** Reads a file's length and first bytes: enough to refuse types that are not accepted. */
export function inspectFile(
  bytes: Uint8Array,
  maxBytes: number,
  accepted: readonly ImageFormat['mimeType'][],
): InspectedFile | RejectedImage {
  if (bytes.length > maxBytes) return new RejectedImage(`The file is larger than ${maxBytes} bytes.`);
  const format = sniffImageFormat(bytes);
  if (!format || !accepted.includes(format.mimeType)) return noImage(bytes, accepted);
  return { mimeType: format.mimeType, fileSize: bytes.length, crc32: base64Crc32(bytes) };
}

/** The rejection of bytes that are none of the accepted types. */
export function noImage(bytes: Uint8Array, accepted = allTypes): RejectedImage {
  const format = sniffImageFormat(bytes)?.format;
  const what = format ? `a ${formatNames[format]} file` : describeFile(bytes);
  const names = accepted.map((type) => nameOfType[type]);
  return new RejectedImage(`This is ${what}; expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`);
}
