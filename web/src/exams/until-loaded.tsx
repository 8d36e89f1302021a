import type { ReactNode } from 'react';
import { ApiError, explain } from '../api/api-error.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';

interface UntilLoadedProps {
  /** The name of the resource, as in the service's messages. */
  kind: 'exam' | 'study';
  answer: { isPending: boolean; error: unknown };
  children: ReactNode;
}

/** Renders its children once the data is loaded. A forbidden resource looks like a missing one. */
export function UntilLoaded({ kind, answer: { isPending, error }, children }: UntilLoadedProps) {
  if (!isPending && !error) return children;
  return (
    <main className="page">
      <h1>{kind === 'exam' ? 'Exam' : 'Study'}</h1>
      {isPending && <Spinner label={`Loading the ${kind}`} />}
      {error instanceof ApiError && error.status === 404 ? (
        <Message title={`There is no such ${kind}`}>
          Its number may be misspelt, or it is not among what you may see.
        </Message>
      ) : (
        Boolean(error) && (
          <Message title={`The ${kind} cannot be shown`} tone="bad">
            {explain(error)}
          </Message>
        )
      )}
    </main>
  );
}
