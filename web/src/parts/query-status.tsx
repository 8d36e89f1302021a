import { useQueryClient } from '@tanstack/react-query';
import { explain } from '../api/api-error.ts';
import { readFailedAgain } from '../connection/read-failed-again.ts';
import { Message } from './message.tsx';
import { Spinner } from './spinner.tsx';

/** After one failed attempt the second one mostly succeeds. */
const FAILURES_SHOWN = 2;

interface QueryStatusProps {
  /** The name of the data, as in “Loading the keys” and “The keys cannot be shown”. */
  what: string;
  answer: {
    isPending: boolean;
    isError: boolean;
    error: unknown;
    failureCount: number;
    failureReason: unknown;
    refetch: () => unknown;
  };
}

/** The placeholder while a query is loading or fails; it is tried again by itself where that may help. */
export function QueryStatus({ what, answer }: QueryStatusProps) {
  const queries = useQueryClient();
  const { isPending, isError, error, failureCount, failureReason, refetch } = answer;
  if (isPending && failureCount >= FAILURES_SHOWN) {
    return (
      <Message
        title={`The ${what} cannot be shown at the moment`}
        tone="bad"
        onRetry={() => readFailedAgain(queries)}
      >
        {explain(failureReason)} The page tries again by itself.
      </Message>
    );
  }
  if (isPending) return <Spinner label={`Loading the ${what}`} />;
  if (!isError) return null;
  return (
    <Message title={`The ${what} cannot be shown`} tone="bad" onRetry={refetch}>
      {explain(error)}
    </Message>
  );
}
