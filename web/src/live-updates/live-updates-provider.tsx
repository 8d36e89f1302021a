import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { applyMessage, isLive } from './apply-message.ts';
import { LiveUpdatesContext } from './refetch-interval.ts';
import { type LiveUpdatesState, type Shown, UpdatesSocket } from './updates-socket.ts';
import { ShowContext } from './use-shown-patient.ts';

/** Keeps a WebSocket open while the page is open, and applies its messages. */
export function LiveUpdatesProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveUpdatesState>('closed');
  const shown = useRef<Shown>(null);
  const socket = useRef<UpdatesSocket>(undefined);

  useEffect(() => {
    const opened = new UpdatesSocket(shown.current, {
      onMessage: (message) => applyMessage(queries, message),
      onState: (now) => {
        setState(now);
        // Events during the interruption, and those about a patient before the page showed it, are not sent again.
        if (now === 'open') void queries.invalidateQueries({ predicate: isLive });
      },
    });
    socket.current = opened;
    return () => opened.end();
  }, [queries]);

  const show = useCallback((next: Shown) => {
    shown.current = next;
    // A page that replaces another says what it shows just after that one said that it shows nothing any more.
    queueMicrotask(() => socket.current?.show(shown.current));
  }, []);

  return (
    <ShowContext value={show}>
      <LiveUpdatesContext value={state}>{children}</LiveUpdatesContext>
    </ShowContext>
  );
}
