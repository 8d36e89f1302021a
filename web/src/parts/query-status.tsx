import { explain } from '../api/api-error.ts';
import { Message } from './message.tsx';
import { Spinner } from './spinner.tsx';

interface QueryStatusProps {
  /** What was asked for, as in “Loading the keys” and “The keys cannot be shown”. */
  what: string;
  answer: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
}

/** What stands in the place of an answer that is still to come, or could not be had. */
export function QueryStatus({ what, answer: { isPending, isError, error, refetch } }: QueryStatusProps) {
  if (isPending) return <Spinner label={`Loading the ${what}`} />;
  if (!isError) return null;
  return (
    <Message title={`The ${what} cannot be shown`} tone="bad" onRetry={refetch}>
      {explain(error)}
    </Message>
  );
}
