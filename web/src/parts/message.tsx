import type { ReactNode } from 'react';
import { RetryButton } from './retry-button.tsx';
import './message.css';

interface MessageProps {
  title: string;
  tone?: 'calm' | 'bad';
  icon?: ReactNode;
  /** Retries the action, if that may succeed. */
  onRetry?: () => unknown;
  children?: ReactNode;
}

/** A message instead of content: an empty state, or an error. */
export const Message = ({ title, tone = 'calm', icon, onRetry, children }: MessageProps) => (
  <div className={`message ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
    {icon}
    <strong>{title}</strong>
    {children && <div>{children}</div>}
    {onRetry && <RetryButton onRetry={onRetry} />}
  </div>
);
