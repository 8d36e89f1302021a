import { mediaTypeOf } from '../../../lib/domain/media-type.ts';
import { PICTURE_TYPES } from '../../../lib/domain/uploads/upload.ts';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { formatBytes } from '../parts/format.ts';

/**
 * What the browser's file dialog offers: photographs of any type, for which a refusal has a reason, documents and DICOM. Many
 * systems do not know that HEIC is an image, and iOS converts it unless it is named.
 */
export const OFFERED_TYPES =
  'image/*,image/heic,image/heif,.heic,.heif,application/pdf,application/dicom,.dcm';

/**
 * Returns the media type of a file. Browsers have none for HEIC on systems that do not know it, and others name HEIF,
 * the kind of its container.
 */
export function typeOf({ name, type }: Pick<File, 'name' | 'type'>): string {
  const isHeic = mediaTypeOf(type) === 'image/heif' || (type === '' && /\.hei[cf]$/i.test(name));
  return isHeic ? 'image/heic' : type;
}

/** Returns why a DICOM file can't be uploaded. */
export function dicomFaultOf(file: File): string | undefined {
  const { dicomBytes } = pageConfig();
  if (file.size <= dicomBytes) return undefined;
  const limit = Math.floor(dicomBytes / 1024 ** 2);
  return text('uploads.dicom-too-large', { size: formatBytes(file.size), limit });
}

/** Returns why a file can't become an image, so that it is not uploaded. */
export function faultOf(file: File): string | undefined {
  if (file.size === 0) return text('uploads.empty');
  const { imageBytes, acceptHeic } = pageConfig();
  const type = mediaTypeOf(typeOf(file));
  if (type === 'image/heic' && !acceptHeic) return text('uploads.heic');
  if (!PICTURE_TYPES.some((each) => each === type)) return text('uploads.not-image');
  if (file.size > imageBytes) {
    const limit = Number((imageBytes / 1024 ** 2).toFixed(1));
    return text('uploads.too-large', { size: formatBytes(file.size), limit });
  }
  return undefined;
}
