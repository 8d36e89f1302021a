import type { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from '../api/api-error.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Attempts at an error that another attempt does not change, such as an answer that is no JSON. */
const OTHER_ATTEMPTS = 3;

/** The retries of every read: as long as it is shown, at first after a second, later every half minute. */
export const READ_RETRIES = {
  retry: (failures: number, error: Error) =>
    isTransient(error) || (failures < OTHER_ATTEMPTS && !(error instanceof ApiError)),
  retryDelay: (failures: number) => Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS),
};

/** Tries again at once what has failed, instead of after its pause. */
export async function readFailedAgain(queries: QueryClient): Promise<void> {
  const failed = queries
    .getQueryCache()
    .findAll({ type: 'active', predicate: ({ state }) => state.fetchFailureCount > 0 });
  await Promise.all(
    failed.map(async ({ queryKey }) => {
      const exact = { queryKey, exact: true };
      await queries.cancelQueries(exact);
      // Not awaited until it succeeds, which may be never.
      void queries.refetchQueries(exact);
    }),
  );
}
