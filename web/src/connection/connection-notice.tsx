import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type ConnectionState, connection } from '../api/connection.ts';
import { readFailedAgain } from './read-failed-again.ts';
import './connection-notice.css';
import { text } from '../messages/text.ts';

const TEXTS: Partial<Record<ConnectionState, string>> = {
  offline: text('connection.offline'),
  failing: text('connection.failing'),
  slow: text('connection.slow'),
  back: text('connection.back'),
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
  const notice = TEXTS[state];
  return (
    <div className="connection-notice" role="status">
      {notice && <p className={state}>{notice}</p>}
    </div>
  );
}
