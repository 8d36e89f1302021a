import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { IMAGES_PER_CHANGE } from '../../../lib/domain/limits/request-limits.ts';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { text } from '../messages/text.ts';
import { type Place, placesFor } from './image-order.ts';
import { listedImages, putImage, putPlaces } from './images.ts';

/** Reorders the images of a batch: immediately on the page, then in the service. It can be undone. */
export function useReordering(batchId: string) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const before = useRef<Promise<void>>(Promise.resolve());

  return useCallback(
    (reorder: (listed: readonly Image[]) => readonly Image[]) => {
      /** Sends the positions after those that were sent before. */
      const put = (places: readonly Place[]): Promise<void> => {
        const arrived = putPlaces(queries, batchId, places);
        const sent = before.current.then(async () => {
          const moved: Image[] = [];
          try {
            await sendPlaces(places, moved);
          } finally {
            arrived();
            for (const image of moved) putImage(queries, image);
          }
        });
        before.current = sent.catch(() => undefined);
        return sent;
      };
      // The current order: the rendered one may be one key press older.
      const listed = listedImages(queries, batchId);
      const places = placesFor(reorder(listed));
      if (places.length === 0) return;
      const changed = new Set(places.flatMap(({ ids }) => ids));
      const back = placesOf(listed.filter(({ id }) => changed.has(id)));
      put(places).then(
        () => toasts.say(text('patient-page.reordered'), { undo: () => put(back) }),
        (error) => {
          void queries.invalidateQueries({ queryKey: ['images', batchId] });
          toasts.say(text('patient-page.not-moved', { reason: explain(error) }), {
            tone: 'bad',
            retry: () => put(places),
          });
        },
      );
    },
    [queries, toasts, batchId],
  );
}

/** The positions that images have. */
const placesOf = (images: readonly Image[]): Place[] =>
  [...Map.groupBy(images, ({ order }) => order)].map(([order, at]) => ({
    order,
    ids: at.map(({ id }) => id),
  }));

async function sendPlaces(places: readonly Place[], moved: Image[]): Promise<void> {
  for (const { ids, order } of places) {
    for (let start = 0; start < ids.length; start += IMAGES_PER_CHANGE) {
      const body = { ids: ids.slice(start, start + IMAGES_PER_CHANGE), order };
      const { results } = await bodyOf(api.PATCH('/api/images', { body }));
      for (const result of results) if (result.status === 'updated') moved.push(result.image);
      if (results.some(({ status }) => status === 'failed')) {
        throw new Error(text('patient-page.partly-moved'));
      }
    }
  }
}
