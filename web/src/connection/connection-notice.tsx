import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type ConnectionState, connection } from '../api/connection.ts';
import { readFailedAgain } from './read-failed-again.ts';
import './connection-notice.css';

const TEXTS: Partial<Record<ConnectionState, string>> = {
  offline: 'No network. What you see stays; the page goes on by itself when the network is back.',
  failing: 'The service does not answer at the moment. The page tries again by itself.',
  slow: 'The service answers slowly.',
  back: 'Connected again.',
};

/** Tells quietly how the service answers. It moves nothing and takes no click. */
export function ConnectionNotice() {
  const queries = useQueryClient();
  const state = useSyncExternalStore(connection.subscribe, connection.state);
  useEffect(() => {
    // Their next attempts would come up to half a minute later.
    const onChange = () => {
      connection.setOffline(!navigator.onLine);
      if (navigator.onLine) void readFailedAgain(queries);
    };
    onChange();
    window.addEventListener('online', onChange);
    window.addEventListener('offline', onChange);
    return () => {
      window.removeEventListener('online', onChange);
      window.removeEventListener('offline', onChange);
    };
  }, [queries]);
  const text = TEXTS[state];
  return (
    <div className="connection-notice" role="status">
      {text && <p className={state}>{text}</p>}
    </div>
  );
}
