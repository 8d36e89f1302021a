import { createContext, useContext } from 'react';
import type { LiveUpdatesState } from './updates-socket.ts';

/** Whether the socket delivers changes: not yet or not at the moment, or not at all. */
export const LiveUpdatesContext = createContext<LiveUpdatesState>('closed');

/** The polling interval of lists without a socket. */
const POLL_MS = 5000;

/** The polling interval of a list: none while the socket delivers changes. */
export const useRefetchInterval = () => (useContext(LiveUpdatesContext) === 'open' ? false : pollMsOf);

/** Each page of a list is a request, and a user has a hundred a minute: a list of two pages is polled half as often. */
function pollMsOf({ state: { data } }: { state: { data: unknown } }): number {
  const isPaged = typeof data === 'object' && data !== null && 'pages' in data;
  return isPaged && Array.isArray(data.pages) ? POLL_MS * Math.max(1, data.pages.length) : POLL_MS;
}
