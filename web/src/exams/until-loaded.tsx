import type { ReactNode } from 'react';
import { ApiError, explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';

interface UntilLoadedProps {
  /** The kind of the resource. */
  kind: 'exam' | 'study';
  answer: { isPending: boolean; error: unknown };
  /** What is known of it before it is loaded; without one, its kind is. */
  head?: ReactNode;
  children: ReactNode;
}

/** Renders its children once the data is loaded. A forbidden resource looks like a missing one. */
export function UntilLoaded({ kind, answer: { isPending, error }, head, children }: UntilLoadedProps) {
  if (!isPending && !error) return children;
  return (
    <main className="page">
      {isPending && head ? head : <h1>{text(`exam-kind.${kind}`)}</h1>}
      {isPending && <Spinner label={text('exams.loading', { kind })} />}
      {error instanceof ApiError && error.status === 404 ? (
        <Message title={text('exams.not-found', { kind })}>{text('exams.not-found-note')}</Message>
      ) : (
        Boolean(error) && (
          <Message title={text('exams.failed', { kind })} tone="bad">
            {explain(error)}
          </Message>
        )
      )}
    </main>
  );
}
