import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { putPlaces } from './images.ts';
import { placesFor } from './places.ts';

/** How many images one request changes. */
const MOST_CHANGED = 100;

/** Puts the images of a batch into another order: at once on the screen, and then in the service. */
export function useMoving(batchId: string) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const move = async (listed: readonly Image[]) => {
    const places = placesFor(listed);
    putPlaces(queries, batchId, places);
    try {
      for (const { ids, order } of places) {
        for (let start = 0; start < ids.length; start += MOST_CHANGED) {
          await api.PATCH('/api/images', { body: { ids: ids.slice(start, start + MOST_CHANGED), order } });
        }
      }
      setFailure(undefined);
    } catch (error) {
      setFailure(`Not moved: ${explain(error)}`);
      await queries.invalidateQueries({ queryKey: ['images', batchId] });
    }
  };
  return { move, failure };
}
