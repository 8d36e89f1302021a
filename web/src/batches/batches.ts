import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { changeCached } from '../api/change-cached.ts';
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

/**
 * Updates a batch in the cache. A new one is added at the beginning.
 *
 * @returns whether it is surely the latest. Two changes at the same time may have their times in the other order.
 */
export function putBatch(queries: QueryClient, batch: Batch): boolean {
  const queryKey = ['batches', batch.object_id];
  const known = queries
    .getQueryData<Pages>(queryKey)
    ?.pages.flatMap(({ batches }) => batches)
    .find(({ id }) => id === batch.id);
  changeCached<Pages>(queries, queryKey, (read) => {
    if (!read) return read;
    const isKnown = read.pages.some(({ batches }) => batches.some(({ id }) => id === batch.id));
    const pages = read.pages.map((page, index) => ({
      ...page,
      batches: isKnown
        ? page.batches.map((each) => (each.id === batch.id ? newer(each, batch) : each))
        : index === 0
          ? [batch, ...page.batches]
          : page.batches,
    }));
    return { ...read, pages };
  });
  return known === undefined || known.updated_at < batch.updated_at;
}

/** Messages may arrive out of order. */
const newer = (one: Batch, other: Batch): Batch => (one.updated_at > other.updated_at ? one : other);

/** Removes a deleted batch from the cache. */
export function dropBatch(queries: QueryClient, { id, object_id }: Batch): void {
  changeCached<Pages>(queries, ['batches', object_id], (read) => {
    const without = (page: Page) => ({ ...page, batches: page.batches.filter((each) => each.id !== id) });
    return read && { ...read, pages: read.pages.map(without) };
  });
  queries.removeQueries({ queryKey: ['images', id] });
}
