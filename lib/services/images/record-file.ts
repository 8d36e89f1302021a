import type { Bounds } from '../../domain/images/image-bounds.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { requireRecordPicture } from '../../domain/records/record-image.ts';
import { decodeBase64 } from '../../domain/uploads/base64.ts';
import { requireUploadable } from '../../domain/uploads/upload.ts';
import { readPictureHeader } from '../../media/image/picture-header.ts';

interface Given {
  image_data?: string | undefined;
  content_type?: string | undefined;
  size?: number | undefined;
}

const FIELDS = { mimeType: 'content_type', fileSize: 'size' } as const;

/**
 * Returns the file of a record's image: the one in the request, or the one that the request announces.
 *
 * @throws DomainError BAD_REQUEST, PAYLOAD_TOO_LARGE or UNSUPPORTED_MEDIA_TYPE if the file is not allowed
 */
export async function recordFile(body: Given, bounds: Bounds, limits: Limits) {
  const bytes = body.image_data === undefined ? undefined : decodeBase64(body.image_data, 'image_data');
  const picture = bytes && requireRecordPicture(await readPictureHeader(bytes), bounds);
  const file = {
    mimeType: picture?.mimeType ?? body.content_type ?? '',
    fileSize: bytes?.length ?? body.size ?? 0,
  };
  requireUploadable(
    [file],
    limits,
    (_index, field) => (bytes ? 'image_data' : FIELDS[field]),
    bounds.mimeTypes,
  );
  return { ...file, ...picture, bytes };
}
