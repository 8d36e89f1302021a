import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { currentToken } from '../api/client.ts';
import { applyNews } from './apply-news.ts';
import type { NewsMessage } from './message.ts';

const NewsContext = createContext(false);

/** How often lists are read where no news comes by itself. */
const POLL_MS = 5000;
/** Less than the ten minutes after which API Gateway ends a connection without a word. */
const WORD_MS = 4 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** How often to read a list: never while the socket tells of changes. */
export const useRefetchInterval = (): number | false => (useContext(NewsContext) ? false : POLL_MS);

/** Keeps a socket open as long as the page is, and what is on the screen true. */
export function NewsProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: ReturnType<typeof setTimeout>;
    let pause = FIRST_PAUSE_MS;
    let ended = false;

    const connect = async () => {
      const token = await currentToken();
      if (ended) return;
      socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`, [
        'negatoscope',
        `bearer.${token}`,
      ]);
      socket.onopen = () => {
        pause = FIRST_PAUSE_MS;
        setOpen(true);
        // What happened in between is not told.
        void queries.invalidateQueries();
      };
      socket.onmessage = ({ data }) => applyNews(queries, JSON.parse(data) as NewsMessage);
      socket.onclose = () => {
        setOpen(false);
        if (ended) return;
        timer = setTimeout(connect, pause * (0.5 + Math.random()));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      };
    };
    const reconnect = () => {
      clearTimeout(timer);
      if (socket?.readyState !== WebSocket.OPEN) void connect();
    };
    const leave = () => socket?.close();
    void connect();
    const word = setInterval(() => socket?.readyState === WebSocket.OPEN && socket.send('here'), WORD_MS);
    window.addEventListener('online', reconnect);
    window.addEventListener('offline', leave);
    return () => {
      ended = true;
      clearTimeout(timer);
      clearInterval(word);
      window.removeEventListener('online', reconnect);
      window.removeEventListener('offline', leave);
      socket?.close();
    };
  }, [queries]);

  return <NewsContext value={isOpen}>{children}</NewsContext>;
}
