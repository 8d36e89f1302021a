import type { QueryClient } from '@tanstack/react-query';

/** Changes a cached response, and also that of a request in progress, which may be older. */
export function changeCached<T>(
  queries: QueryClient,
  queryKey: readonly unknown[],
  work: (read: T | undefined) => T | undefined,
): void {
  const apply = () => queries.setQueryData<T>(queryKey, work);
  apply();
  const query = queries.getQueryCache().find({ queryKey });
  if (query?.state.fetchStatus === 'fetching') query.promise?.then(apply, () => undefined);
}
