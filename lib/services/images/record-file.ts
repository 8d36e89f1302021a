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
 * The file of a record's image: that in the request, or the one that it announces.
 *
 * @throws DomainError BAD_REQUEST, PAYLOAD_TOO_LARGE or UNSUPPORTED_MEDIA_TYPE where it may not be such an image
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
