import { mediaTypeOf } from '../../../lib/domain/media-type.ts';
import { PICTURE_TYPES } from '../../../lib/domain/uploads/upload.ts';
import { pageConfig } from '../page-config.ts';
import { formatBytes } from '../parts/format.ts';

/** What the browser's file dialog offers: photographs of any type, for which a refusal has a reason, and documents. */
export const OFFERED_TYPES = 'image/*,application/pdf';

/** Returns why a file can't become an image, so that it is not uploaded. */
export function faultOf(file: File): string | undefined {
  if (file.size === 0) return 'The file is empty.';
  const type = mediaTypeOf(file.type);
  if (!PICTURE_TYPES.some((each) => each === type)) {
    return /\.hei[cf]$/i.test(file.name)
      ? 'HEIC is not taken. Set the camera to “most compatible”, or save it as JPEG.'
      : 'Not an image that is taken: JPEG, PNG, GIF, WebP, TIFF, AVIF, BMP and PDF are.';
  }
  const { imageBytes } = pageConfig();
  if (file.size > imageBytes) {
    return `${formatBytes(file.size)} is too large: ${Number((imageBytes / 1024 ** 2).toFixed(1))} MB at most.`;
  }
  return undefined;
}
