import { useQueryClient } from '@tanstack/react-query';
import { explain } from '../api/api-error.ts';
import { readFailedAgain } from '../connection/read-failed-again.ts';
import { type MessageOf, text } from '../messages/text.ts';
import { Message } from './message.tsx';
import { Skeleton } from './skeleton.tsx';

/** After one failed attempt the second one mostly succeeds. */
const FAILURES_SHOWN = 2;

interface QueryStatusProps {
  /** The name of the data in the messages, as in “Loading the keys” and “The keys cannot be shown”. */
  what: MessageOf<'query-loading'>;
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
        title={text(`query-failed.${what}`, { when: 'now' })}
        tone="bad"
        onRetry={() => readFailedAgain(queries)}
      >
        {text('parts.tries-again', { failure: explain(failureReason) })}
      </Message>
    );
  }
  if (isPending) return <Skeleton label={text(`query-loading.${what}`)} />;
  if (!isError) return null;
  return (
    <Message title={text(`query-failed.${what}`, { when: 'always' })} tone="bad" onRetry={refetch}>
      {explain(error)}
    </Message>
  );
}
