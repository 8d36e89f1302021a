import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { IMAGES_PER_CHANGE } from '../../../lib/domain/limits/request-limits.ts';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { type Place, placesFor } from './image-order.ts';
import { listedImages, putImage, putPlaces } from './images.ts';

/** Reorders the images of a batch: immediately on the page, then in the service. */
export function useMoving(batchId: string) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const before = useRef<Promise<void>>(Promise.resolve());
  const send = async (places: readonly Place[], arrived: () => void) => {
    const moved: Image[] = [];
    try {
      for (const { ids, order } of places) {
        for (let start = 0; start < ids.length; start += IMAGES_PER_CHANGE) {
          const body = { ids: ids.slice(start, start + IMAGES_PER_CHANGE), order };
          const { results } = await bodyOf(api.PATCH('/api/images', { body }));
          for (const result of results) if (result.status === 'updated') moved.push(result.image);
          if (results.some(({ status }) => status === 'failed'))
            throw new Error('some images could not be changed; please try again.');
        }
      }
      setFailure(undefined);
    } catch (error) {
      setFailure(`Not moved: ${explain(error)}`);
      void queries.invalidateQueries({ queryKey: ['images', batchId] });
    }
    arrived();
    for (const image of moved) putImage(queries, image);
  };
  const move = (reorder: (listed: readonly Image[]) => readonly Image[]) => {
    // The current order: the rendered one may be one key press older.
    const places = placesFor(reorder(listedImages(queries, batchId)));
    const arrived = putPlaces(queries, batchId, places);
    // One after another, in their order.
    before.current = before.current.then(() => send(places, arrived));
  };
  return { move, failure };
}
