import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { applyMessage } from './apply-message.ts';
import { LiveUpdatesContext } from './refetch-interval.ts';
import { UpdatesSocket } from './updates-socket.ts';

/** Keeps a WebSocket open while the page is open, and applies its messages. */
export function LiveUpdatesProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    const socket = new UpdatesSocket(
      (message) => applyMessage(queries, message),
      (isNow) => {
        setOpen(isNow);
        // Events during the interruption are not sent again.
        if (isNow) void queries.invalidateQueries();
      },
    );
    return () => socket.end();
  }, [queries]);

  return <LiveUpdatesContext value={isOpen}>{children}</LiveUpdatesContext>;
}
