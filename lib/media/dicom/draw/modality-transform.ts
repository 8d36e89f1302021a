import { type AttributeReader, groupsOfFrame } from '../parse/attribute-reader.ts';
import { lookUp, lookupTable } from './lookup-table.ts';
import { isProjectionImage } from './projection-image.ts';

/** Maps a stored value to the modality's unit (PS3.3 C.11.1): Hounsfield units, for example. */
export type ModalityTransform = (stored: number) => number;

/** Reads the transform of a frame. Without one in the file, values stay unchanged. */
export async function readModalityTransform(
  image: AttributeReader,
  frame: number,
): Promise<ModalityTransform> {
  if (isProjectionImage(image.text('00080016'))) return (stored) => stored;
  const [item] = image.items('00283000');
  const table = item && (await lookupTable(item, '00283002', '00283006'));
  if (table) return (stored) => lookUp(table, stored);
  // Pixel Value Transformation (C.7.6.16.2.9), else the image's own.
  for (const group of groupsOfFrame(image, frame, '00289145')) {
    const [slope] = group.numbers('00281053');
    const [intercept] = group.numbers('00281052');
    // A slope of 0 would make all pixels equal, which is never intended.
    if (slope !== undefined || intercept !== undefined)
      return (stored) => stored * (slope || 1) + (intercept ?? 0);
  }
  return (stored) => stored;
}
