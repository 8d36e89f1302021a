import type { EditSteps } from '../../../lib/domain/images/image-edit.ts';

/** The image in the viewer, independent of the endpoint that it came from. */
export interface ViewedImage {
  id: string;
  name: string;
  type: string;
  isReady: boolean;
  /** What happens to it before it can be shown. */
  check: string | undefined;
  /** Why the image was rejected. */
  reason: string | null;
  /** The path of its bytes. A request needs a token. */
  original: string;
  /** The path of its picture with its edits, if it has any. */
  edited?: string | undefined;
  /** Of a document. */
  pages: number;
  /** The size of the original, upright, in pixels; of a document that of the first page. */
  size?: { width: number; height: number } | undefined;
  /** Its edits, if the picture with them is shown. */
  steps?: EditSteps | undefined;
  /** Whether it ever had an annotation, or may have had one. */
  isAnnotated: boolean;
}

/** The media types that not every browser can draw as a picture. */
const NEEDS_COPY = ['image/tiff', 'image/heic', 'application/pdf'];

/** The path of what a browser can draw of a page, from 1. Of other types than browsers draw, it is a copy. */
export const pathOf = (
  { id, type, isReady, original, edited }: ViewedImage,
  page = 1,
): string | undefined => {
  if (!isReady) return undefined;
  if (edited && page === 1) return edited;
  if (!NEEDS_COPY.includes(type)) return original;
  return `/api/images/${id}/data?width=2000&format=webp${page > 1 ? `&page=${page}` : ''}`;
};
