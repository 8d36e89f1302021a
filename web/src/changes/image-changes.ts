import type { QueryClient } from '@tanstack/react-query';
import { IMAGES_PER_CHANGE } from '../../../lib/domain/limits/request-limits.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { putImage } from '../patient/images.ts';

/** What a person can change of an image. */
export type ImageChanges = Partial<Pick<Image, 'category' | 'caption' | 'eye_side' | 'date_taken' | 'order'>>;

/**
 * Changes images: immediately on the page, then in the service, as many in a request as it takes.
 *
 * @throws ApiError or TypeError if a request failed, Error if some were not changed. What failed is as before on the page.
 */
export async function changeImages(
  queries: QueryClient,
  images: readonly Image[],
  changes: ImageChanges,
): Promise<void> {
  for (const image of images) putImage(queries, { ...image, ...changes });
  for (let start = 0; start < images.length; start += IMAGES_PER_CHANGE) {
    const part = images.slice(start, start + IMAGES_PER_CHANGE);
    try {
      await changePart(queries, part, changes);
    } catch (error) {
      for (const image of images.slice(start)) putImage(queries, image);
      throw error;
    }
  }
  for (const queryKey of [['search'], ['case']]) void queries.invalidateQueries({ queryKey });
}

async function changePart(queries: QueryClient, images: readonly Image[], changes: ImageChanges) {
  const body = { ids: images.map(({ id }) => id), ...changes };
  const { results } = await bodyOf(api.PATCH('/api/images', { body }));
  let failed = 0;
  for (const [index, result] of results.entries()) {
    if (result.status === 'updated') putImage(queries, result.image);
    if (result.status !== 'failed') continue;
    failed += 1;
    putImage(queries, images[index] as Image);
  }
  if (failed > 0) throw new Error(text('changes.partly-failed', { failed, total: results.length }));
}

/** Gives images the values back that they had before a change, those of equal values in one request. */
export async function changeBack(
  queries: QueryClient,
  before: readonly Image[],
  fields: readonly (keyof ImageChanges)[],
): Promise<void> {
  const valuesOf = (image: Image): ImageChanges =>
    Object.fromEntries(fields.map((field) => [field, image[field]]));
  const groups = Map.groupBy(before, (image) => JSON.stringify(valuesOf(image)));
  for (const [first, ...others] of groups.values()) {
    if (first) await changeImages(queries, [first, ...others], valuesOf(first));
  }
}
