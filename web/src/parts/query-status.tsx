import { explain } from '../api/api-error.ts';
import { Message } from './message.tsx';
import { Spinner } from './spinner.tsx';

interface QueryStatusProps {
  /** The name of the data, as in “Loading the keys” and “The keys cannot be shown”. */
  what: string;
  answer: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
}

/** The placeholder while a query is loading, or after it has failed. */
export function QueryStatus({ what, answer: { isPending, isError, error, refetch } }: QueryStatusProps) {
  if (isPending) return <Spinner label={`Loading the ${what}`} />;
  if (!isError) return null;
  return (
    <Message title={`The ${what} cannot be shown`} tone="bad" onRetry={refetch}>
      {explain(error)}
    </Message>
  );
}
