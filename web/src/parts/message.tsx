import type { ReactNode } from 'react';
import './message.css';

interface MessageProps {
  title: string;
  tone?: 'calm' | 'bad';
  icon?: ReactNode;
  /** Where it may go well another time. */
  onRetry?: () => unknown;
  children?: ReactNode;
}

/** What is to be said where there is nothing else to see: an empty place, or an error. */
export const Message = ({ title, tone = 'calm', icon, onRetry, children }: MessageProps) => (
  <div className={`message ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
    {icon}
    <strong>{title}</strong>
    {children && <div>{children}</div>}
    {onRetry && (
      <button type="button" className="button small" onClick={() => void onRetry()}>
        Try again
      </button>
    )}
  </div>
);
