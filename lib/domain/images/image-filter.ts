import type { Image } from './image.ts';
import { dayOf } from './local-time.ts';

/** The filter of an image list. A condition that is undefined matches every image. */
export interface ImageFilter {
  category?: Image['category'] | undefined;
  /** First and last day, both included. */
  dateFrom?: string | undefined;
  dateTo?: string | undefined;
  /** A part of the file name or the caption, case-insensitive. */
  text?: string | undefined;
  /** Whether it is shown with edits. */
  isEdited?: true | undefined;
}

/** Returns whether an image matches the filter. */
export function matchesFilter({
  category,
  dateFrom,
  dateTo,
  text,
  isEdited,
}: ImageFilter): (image: Image) => boolean {
  const wanted = text === undefined ? undefined : fold(text);
  return (image) =>
    (category === undefined || image.category === category) &&
    (dateFrom === undefined || dayOf(image) >= dateFrom) &&
    (dateTo === undefined || dayOf(image) <= dateTo) &&
    (isEdited === undefined || Boolean(image.edit?.steps)) &&
    (wanted === undefined || [image.fileName, image.caption].some((words) => fold(words).includes(wanted)));
}

/** Normalizes text for comparison: case-insensitive, and with one form of "ü", which macOS writes as two characters. */
const fold = (words: string) => words.normalize('NFKC').toLowerCase();
