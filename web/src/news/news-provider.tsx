import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { applyNews } from './apply-news.ts';
import { NewsSocket } from './news-socket.ts';
import { NewsContext } from './refetch-interval.ts';

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
