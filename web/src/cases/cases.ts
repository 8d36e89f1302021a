import { useInfiniteQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';

/** The patient's cases, the one with the latest image first, as far as they are read. */
export function useCases(patientId: string) {
  return useInfiniteQuery({
    queryKey: ['cases', patientId],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.GET('/api/v1/images/cases', { params: { query: { patientId, cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
}
