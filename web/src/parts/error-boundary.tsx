import { Component, type ReactNode } from 'react';
import { text } from '../messages/text.ts';
import { Message } from './message.tsx';

/**
 * Shows a message instead of a part of the page that fails, because React would remove the whole page. React has this for classes only
 * (React reference, "Catching rendering errors with an error boundary").
 */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="page">
        <Message title={text('parts.part-failed')} tone="bad" onRetry={() => location.reload()}>
          {text('parts.nothing-lost')}
        </Message>
      </main>
    );
  }
}
