import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { applyMessage } from './apply-message.ts';
import { LiveUpdatesContext } from './refetch-interval.ts';
import { type LiveUpdatesState, UpdatesSocket } from './updates-socket.ts';

/** Keeps a WebSocket open while the page is open, and applies its messages. */
export function LiveUpdatesProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveUpdatesState>('closed');

  useEffect(() => {
    const socket = new UpdatesSocket(
      (message) => applyMessage(queries, message),
      (now) => {
        setState(now);
        // Events during the interruption are not sent again.
        if (now === 'open') void queries.invalidateQueries();
      },
    );
    return () => socket.end();
  }, [queries]);

  return <LiveUpdatesContext value={state}>{children}</LiveUpdatesContext>;
}
