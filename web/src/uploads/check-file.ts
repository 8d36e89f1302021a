import { mediaTypeOf } from '../../../lib/domain/media-type.ts';
import { pageConfig } from '../page-config.ts';
import { formatBytes } from '../parts/format.ts';

/** The file types that batches and cases accept, also for the browser's file dialog. */
export const ACCEPTED = {
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/png': ['.png'],
  'image/gif': ['.gif'],
  'image/webp': ['.webp'],
  'image/tiff': ['.tif', '.tiff'],
  'image/avif': ['.avif'],
};

/** Returns why a file can't become an image, so that it is not uploaded. */
export function faultOf(file: File): string | undefined {
  if (file.size === 0) return 'The file is empty.';
  if (!Object.hasOwn(ACCEPTED, mediaTypeOf(file.type))) {
    return /\.hei[cf]$/i.test(file.name)
      ? 'HEIC is not taken. Set the camera to “most compatible”, or save it as JPEG.'
      : 'Not an image that is taken: JPEG, PNG, GIF, WebP, TIFF and AVIF are.';
  }
  const { imageBytes } = pageConfig();
  if (file.size > imageBytes) {
    return `${formatBytes(file.size)} is too large: ${Number((imageBytes / 1024 ** 2).toFixed(1))} MB at most.`;
  }
  return undefined;
}
