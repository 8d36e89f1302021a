import * as z from 'zod';
import { DomainError } from './errors.ts';
import type { Limits } from './limits.ts';

/** The types of picture that are taken in, and the extension that each gets in S3. */
export const IMAGE_EXTENSIONS = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/tiff': 'tif',
  'image/avif': 'avif',
} as const;

const ImageType = z.enum(Object.keys(IMAGE_EXTENSIONS) as (keyof typeof IMAGE_EXTENSIONS)[]);

/** What a client says of a file before it sends it. */
export interface DeclaredFile {
  mimeType: string;
  /** Bytes. */
  fileSize: number;
}

/**
 * Refuses files that could never become an image, before an upload URL is handed out.
 *
 * All of the files' faults are named; nothing of the request is taken when there is one.
 *
 * @param fieldOf names a file's field in the client's own words
 * @param types that are taken in, all unless some are named
 * @throws DomainError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
 */
export function requireUploadable(
  files: readonly DeclaredFile[],
  limits: Limits,
  fieldOf: (index: number, field: keyof DeclaredFile) => string,
  types: readonly string[] = ImageType.options,
): void {
  const unsupported = files.flatMap((file, index) =>
    types.includes(file.mimeType)
      ? []
      : [`${fieldOf(index, 'mimeType')} must be one of ${types.join(', ')}; received ${file.mimeType}`],
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
 * Bounds the files of one request.
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
 * Refuses a file that came with the request and is not what the request says of it.
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
