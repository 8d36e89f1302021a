import { DomainError } from '../errors.ts';
import type { Limits } from '../limits/limits.ts';

/** Every media type that can become an image, and its extension in S3 keys. */
export const IMAGE_EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/tiff': 'tif',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/bmp': 'bmp',
  'application/pdf': 'pdf',
} as const;
export type ImageType = keyof typeof IMAGE_EXTENSIONS;

/** The media types that batches and cases accept: all of them. */
export const PICTURE_TYPES = Object.keys(IMAGE_EXTENSIONS) as ImageType[];

/** The media types that batches and cases accept in this clinic. */
export const pictureTypes = ({ acceptHeic }: Pick<Limits, 'acceptHeic'>): ImageType[] =>
  PICTURE_TYPES.filter((type) => acceptHeic || type !== 'image/heic');

/** The media types that records accept. */
export const RECORD_TYPES = [
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/bmp',
  'application/pdf',
] as const satisfies ImageType[];

/** The declaration of a file before its upload. */
export interface DeclaredFile {
  mimeType: string;
  /** Bytes. */
  fileSize: number;
}

/**
 * Refuses files that could never become an image, before an upload URL is issued.
 *
 * The error names the faults of all files. One faulty file refuses the whole request.
 *
 * @param fieldOf returns the name of a file's field in the request
 * @param accepted the types that the endpoint accepts
 * @throws DomainError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
 */
export function requireUploadable(
  files: readonly DeclaredFile[],
  limits: Limits,
  fieldOf: (index: number, field: keyof DeclaredFile) => string,
  accepted: readonly string[] = pictureTypes(limits),
): void {
  const unsupported = files.flatMap((file, index) =>
    accepted.includes(file.mimeType)
      ? []
      : [`${fieldOf(index, 'mimeType')} must be one of ${accepted.join(', ')}; received ${file.mimeType}`],
  );
  const oversize = files.flatMap((file, index) =>
    file.fileSize <= limits.imageBytes
      ? []
      : [
          `${fieldOf(index, 'fileSize')} must be at most ${limits.imageBytes} bytes; received ${file.fileSize}`,
        ],
  );
  const details = [...oversize, ...unsupported];
  if (oversize.length > 0)
    throw new DomainError('PAYLOAD_TOO_LARGE', 'Image exceeds size limit', { details });
  if (unsupported.length > 0)
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'Invalid image format', { details });
}

/**
 * Limits the number of files in one request.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireFileCount(count: number, { filesPerRequest }: Limits): void {
  if (count <= filesPerRequest) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: [`files must be at most ${filesPerRequest} items long; received ${count}`],
  });
}

/**
 * Refuses a file in the request that differs from its declaration.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireAsDeclared(
  declared: { fileSize?: number | undefined; crc32?: string | undefined },
  found: { fileSize: number; crc32: string },
): void {
  const details = (['fileSize', 'crc32'] as const).flatMap((field) =>
    declared[field] === undefined || declared[field] === found[field]
      ? []
      : [`${field} must be that of the file, ${found[field]}; received ${declared[field]}`],
  );
  if (details.length > 0) throw new DomainError('BAD_REQUEST', 'Validation failed', { details });
}
