import { useContext } from 'react';
import { LiveUpdatesContext } from './refetch-interval.ts';
import './live-updates-notice.css';

/** Tells that changes come late, because the WebSocket is refused. */
export function LiveUpdatesNotice() {
  if (useContext(LiveUpdatesContext) !== 'refused') return null;
  return (
    <p className="live-updates-notice" role="status">
      No live connection: what others change is shown some seconds later.
    </p>
  );
}
