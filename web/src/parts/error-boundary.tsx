import { Component, type ReactNode } from 'react';
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
        <Message title="This part of the page can not be shown" tone="bad" onRetry={() => location.reload()}>
          Nothing that was saved is lost. “Try again” loads the page anew.
        </Message>
      </main>
    );
  }
}
