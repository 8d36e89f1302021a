import { useInfiniteQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';

/** The patient's cases that have been loaded; the case with the latest image is first. */
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
