import type { ReactNode } from 'react';
import './message.css';

interface MessageProps {
  title: string;
  tone?: 'calm' | 'bad';
  children?: ReactNode;
}

/** What is to be said where there is nothing else to see: an empty place, or an error. */
export const Message = ({ title, tone = 'calm', children }: MessageProps) => (
  <div className={`message ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
    <strong>{title}</strong>
    {children && <div>{children}</div>}
  </div>
);
