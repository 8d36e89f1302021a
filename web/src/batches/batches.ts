import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { Batch } from '../api/types.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';

interface Page {
  batches: Batch[];
  next: string | null;
}
type Pages = InfiniteData<Page, string | undefined>;

/** The loaded batches of the patient, newest first. */
export function useBatches(patientId: string) {
  return useInfiniteQuery({
    queryKey: ['batches', patientId],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(
        api.GET('/api/images/batches', { params: { query: { patient_id: patientId, cursor } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
}

/** Updates a batch in the cache. A new one is added at the beginning. */
export function putBatch(queries: QueryClient, batch: Batch): void {
  queries.setQueryData<Pages>(['batches', batch.object_id], (pages) => {
    if (!pages) return pages;
    const isKnown = pages.pages.some(({ batches }) => batches.some(({ id }) => id === batch.id));
    return {
      ...pages,
      pages: pages.pages.map((page, index) => ({
        ...page,
        batches: isKnown
          ? page.batches.map((each) => (each.id === batch.id ? newer(each, batch) : each))
          : index === 0
            ? [batch, ...page.batches]
            : page.batches,
      })),
    };
  });
}

/** Messages may arrive out of order. */
const newer = (one: Batch, other: Batch): Batch => (one.updated_at > other.updated_at ? one : other);

/** Removes a deleted batch from the cache. */
export function dropBatch(queries: QueryClient, { id, object_id }: Batch): void {
  queries.setQueryData<Pages>(
    ['batches', object_id],
    (pages) =>
      pages && {
        ...pages,
        pages: pages.pages.map((page) => ({
          ...page,
          batches: page.batches.filter((each) => each.id !== id),
        })),
      },
  );
  queries.removeQueries({ queryKey: ['images', id] });
}
