import type { Image } from './image.ts';
import { shownTimeOf } from './local-time.ts';

/** What is asked for of the images of a list; what is left out does not matter. */
export interface ImageFilter {
  category?: Image['category'] | undefined;
  /** First and last day, both included. */
  dateFrom?: string | undefined;
  dateTo?: string | undefined;
  /** A part of the file name or the caption, in whatever letters. */
  text?: string | undefined;
}

/**
 * The day that a picture stands for, the same for everybody: the one that a person gave, else the camera's, else that
 * of its upload in the clinic.
 */
export const dayOf = (image: Image): string => image.dateTaken ?? shownTimeOf(image).slice(0, 10);

/** Whether an image is one of those that are asked for. */
export function matchesFilter({ category, dateFrom, dateTo, text }: ImageFilter): (image: Image) => boolean {
  const wanted = text === undefined ? undefined : fold(text);
  return (image) =>
    (category === undefined || image.category === category) &&
    (dateFrom === undefined || dayOf(image) >= dateFrom) &&
    (dateTo === undefined || dayOf(image) <= dateTo) &&
    (wanted === undefined || [image.fileName, image.caption].some((words) => fold(words).includes(wanted)));
}

/** As people compare words: macOS writes "ü" as two characters, and no one searches in capital letters. */
const fold = (words: string) => words.normalize('NFKC').toLowerCase();
