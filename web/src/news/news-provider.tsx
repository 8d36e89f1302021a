import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { applyNews } from './apply-news.ts';
import { NewsSocket } from './news-socket.ts';

const NewsContext = createContext(false);

/** How often lists are read where no news comes by itself. */
const POLL_MS = 5000;

/** How often to read a list: never while the socket tells of changes. */
export const useRefetchInterval = () => (useContext(NewsContext) ? false : pollMsOf);

/** Each page of a list is a request, of which a person has a hundred a minute: of two pages half as often. */
function pollMsOf({ state: { data } }: { state: { data: unknown } }): number {
  const isPaged = typeof data === 'object' && data !== null && 'pages' in data;
  return isPaged && Array.isArray(data.pages) ? POLL_MS * Math.max(1, data.pages.length) : POLL_MS;
}

/** Keeps a socket open as long as the page is, and what is on the screen true. */
export function NewsProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    const socket = new NewsSocket(
      (message) => applyNews(queries, message),
      (isNow) => {
        setOpen(isNow);
        // What happened in between is not told.
        if (isNow) void queries.invalidateQueries();
      },
    );
    return () => socket.end();
  }, [queries]);

  return <NewsContext value={isOpen}>{children}</NewsContext>;
}
