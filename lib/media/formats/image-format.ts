// biome-ignore-all lint/suspicious/noControlCharactersInRegex: magic numbers are made of control characters

import { isRawPhotograph } from './tiff-pictures.ts';

/** The formats that the service stores as images. */
const formats = {
  jpeg: { mimeType: 'image/jpeg', extension: 'jpg' },
  png: { mimeType: 'image/png', extension: 'png' },
  gif: { mimeType: 'image/gif', extension: 'gif' },
  webp: { mimeType: 'image/webp', extension: 'webp' },
  tiff: { mimeType: 'image/tiff', extension: 'tiff' },
  avif: { mimeType: 'image/avif', extension: 'avif' },
  heic: { mimeType: 'image/heic', extension: 'heic' },
  bmp: { mimeType: 'image/bmp', extension: 'bmp' },
  pdf: { mimeType: 'application/pdf', extension: 'pdf' },
} as const;

/** The display names of the formats. */
export const formatNames = {
  jpeg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
  webp: 'WebP',
  tiff: 'TIFF',
  avif: 'AVIF',
  heic: 'HEIC',
  bmp: 'BMP',
  pdf: 'PDF',
} as const;

/** An image type detected in the bytes: sharp's name, the IANA media type and the usual file name extension. */
export type ImageFormat = {
  [F in keyof typeof formats]: { format: F } & (typeof formats)[F];
}[keyof typeof formats];

/** Every media type that the service stores. */
export const allTypes: readonly ImageFormat['mimeType'][] = Object.values(formats).map(
  ({ mimeType }) => mimeType,
);

/** The display names of the media types. */
export const nameOfType = Object.fromEntries(
  Object.entries(formats).map(([format, { mimeType }]) => [
    mimeType,
    formatNames[format as keyof typeof formats],
  ]),
) as Record<ImageFormat['mimeType'], string>;

/** The formats that sharp's prebuilt libvips reads. */
export type FormatOfLibvips = Exclude<ImageFormat['format'], 'bmp' | 'heic' | 'pdf'>;

/** A test of the first bytes of a file. */
export type HeadTest = Pick<RegExp, 'test'>;

/** Tests the brands of an ISO base media file, the major and the compatible ones (ISO/IEC 14496-12, 4.3). */
export const hasBrand = (brand: RegExp): HeadTest => ({
  test: (head) =>
    head.slice(4, 8) === 'ftyp' && (head.slice(8).match(/.{4}/gs) ?? []).some((each) => brand.test(each)),
});

/** The brands of HEVC pictures, and those of HEIF of any coding (ISO/IEC 23008-12, 10 and Annex B). */
const hasHevc = hasBrand(/^(?:hei[cmsx]|hev[cmsx])$/);
const isHeif = hasBrand(/^(?:mif[12]|msf1)$/);
/** HEIF in a coding that is not decoded: AVC, JPEG 2000, JPEG and VVC (ISO/IEC 23008-12, its further annexes). */
export const hasOtherCoding = hasBrand(/^(?:avc[is]|j2k[is]|jpe[gs]|vvi[cs])$/);

// The package `file-type` does not serve: it has 4,000 lines, is asynchronous, and has no display names.
const magicNumbers: readonly [format: ImageFormat['format'], matches: HeadTest][] = [
  ['jpeg', /^\xff\xd8\xff/], // ITU-T T.81 B.2.1: SOI, then any marker
  ['png', /^\x89PNG\r\n\x1a\n/], // PNG 3rd edition, 5.2
  ['gif', /^GIF8[79]a/], // GIF89a, 17
  ['webp', /^RIFF.{4}WEBP/s], // RFC 9649, 2.4
  ['tiff', /^(?:II[*+]\0|MM\0[*+])/], // TIFF 6.0, 2; "+" is BigTIFF
  ['avif', hasBrand(/^avi[fs]$/)], // AV1 Image File Format 1.2, 6: major or compatible brand
  // Many encoders write only a brand of HEIF for a picture in HEVC.
  ['heic', { test: (head) => hasHevc.test(head) || (isHeif.test(head) && !hasOtherCoding.test(head)) }],
  ['bmp', /^BM.{12}[\x0c-\x7c]\0\0\0/s], // Microsoft, BITMAPFILEHEADER, then the size of the next header
  // ISO 32000-1, Annex H.3.4.1: readers search the first 1024 bytes. A DICOM file that contains a PDF is not a PDF.
  ['pdf', /^(?!.{128}DICM).*%PDF-\d/s],
];

/**
 * Detects the type of an image by its first bytes, whatever its name or declared type. Returns undefined for types that
 * the service does not store as images; `describeFile` describes those.
 */
export function sniffImageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = fileHead(bytes);
  const format = magicNumbers.find(([, matches]) => matches.test(head))?.[0];
  // Many raw formats of cameras are TIFF files with a preview as the first image.
  if (format === 'tiff' && isRawPhotograph(bytes)) return undefined;
  return format && ({ format, ...formats[format] } as ImageFormat);
}

/**
 * The first 1024 bytes as text, one character for each byte, for matching magic numbers.
 * An ISO base media file ends with its first box (`ftyp`, ISO/IEC 14496-12, 4.3), so that a brand found is a brand.
 */
export function fileHead(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  const isBoxed = head.length >= 12 && head.toString('latin1', 4, 8) === 'ftyp';
  return head.toString('latin1', 0, isBoxed ? Math.max(12, head.readUInt32BE(0)) : head.length);
}
