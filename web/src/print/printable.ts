import { readAnnotations } from '../annotations/annotations.ts';
import { fetchBytes } from '../api/client.ts';
import type { Annotation, Image } from '../api/types.ts';
import { allOf } from '../changes/each-of.ts';
import { editedPath } from '../edits/edited-path.ts';

/** What a sheet needs. */
export interface Printable {
  /** Object URLs by the images' ids. */
  urls: ReadonlyMap<string, string>;
  /** Those of each image that are printed over it. */
  annotations: ReadonlyMap<string, readonly Annotation[]>;
}

/** Enough pixels for half a sheet of paper, without ten megabytes for each image. */
const WIDTH = 1600;
const AT_ONCE = 4;
const DRAWN = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'];

const pathOf = (image: Image): string => editedPath(image, WIDTH) ?? unedited(image);

const unedited = ({ id, width, content_type: type }: Image): string =>
  width !== null && width <= WIDTH && DRAWN.includes(type)
    ? `/api/images/${id}/data`
    : `/api/images/${id}/data?width=${WIDTH}&format=jpeg`;

/**
 * Loads the images in the size for paper. A missing image stops the print, because nobody would notice it on paper.
 *
 * @returns object URLs by the images' ids
 */
export async function readPrintable(
  images: readonly Image[],
  onProgress: (ready: number) => void,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  const waiting = images.values();
  const work = async () => {
    for (const image of waiting) {
      urls.set(image.id, URL.createObjectURL(await fetchBytes(pathOf(image), signal)));
      onProgress(urls.size);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return urls;
  } catch (error) {
    freePrintable(urls);
    throw error;
  }
}

/** Reads the annotations of images. One that cannot be read stops the print too. */
export async function readAnnotationsOf(
  images: readonly Image[],
  signal: AbortSignal,
): Promise<Printable['annotations']> {
  const read = new Map<string, readonly Annotation[]>();
  await allOf(
    images.filter(({ annotated_at: at }) => at !== undefined),
    async ({ id }) => void read.set(id, await readAnnotations({ kind: 'image', id }, signal)),
  );
  return read;
}

/** Frees the printed images. */
export const freePrintable = (urls: ReadonlyMap<string, string>): void => {
  for (const url of urls.values()) URL.revokeObjectURL(url);
};
