import { mediaTypeOf } from '../../../lib/domain/media-type.ts';
import { pageConfig } from '../page-config.ts';
import { formatBytes } from '../parts/format.ts';

/** The file types that batches and cases accept. */
const ACCEPTED = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/tiff',
  'image/avif',
  'image/heic',
];

/** For the browser's file dialog: many systems do not know that HEIC is an image, and iOS converts it unless it is named. */
export const DIALOG_TYPES = 'image/*,image/heic,image/heif,.heic,.heif';

/**
 * Returns the media type of a file. Browsers have none for HEIC on systems that do not know it, and others name HEIF,
 * the kind of its container.
 */
export function typeOf({ name, type }: Pick<File, 'name' | 'type'>): string {
  const isHeic = mediaTypeOf(type) === 'image/heif' || (type === '' && /\.hei[cf]$/i.test(name));
  return isHeic ? 'image/heic' : type;
}

/** Returns why a file can't become an image, so that it is not uploaded. */
export function faultOf(file: File): string | undefined {
  if (file.size === 0) return 'The file is empty.';
  const { imageBytes, acceptHeic } = pageConfig();
  const type = mediaTypeOf(typeOf(file));
  if (type === 'image/heic' && !acceptHeic) {
    return 'HEIC is not taken here. Set the camera to “most compatible”, or save it as JPEG.';
  }
  if (!ACCEPTED.includes(type)) {
    return 'Not an image that is taken: JPEG, PNG, GIF, WebP, TIFF, AVIF and HEIC are.';
  }
  if (file.size > imageBytes) {
    return `${formatBytes(file.size)} is too large: ${Number((imageBytes / 1024 ** 2).toFixed(1))} MB at most.`;
  }
  return undefined;
}
