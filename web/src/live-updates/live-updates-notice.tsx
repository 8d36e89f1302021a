import { useContext } from 'react';
import { LiveUpdatesContext } from './refetch-interval.ts';
import './live-updates-notice.css';
import { text } from '../messages/text.ts';

/** Tells that changes come late, because the WebSocket is refused. */
export function LiveUpdatesNotice() {
  if (useContext(LiveUpdatesContext) !== 'refused') return null;
  return (
    <p className="live-updates-notice" role="status">
      {text('live-updates.refused')}
    </p>
  );
}
