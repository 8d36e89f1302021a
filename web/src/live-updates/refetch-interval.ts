import { createContext, useContext } from 'react';

/** Whether the socket tells of changes. */
export const LiveUpdatesContext = createContext(false);

/** How often lists are read where no news comes by itself. */
const POLL_MS = 5000;

/** How often to read a list: never while the socket tells of changes. */
export const useRefetchInterval = () => (useContext(LiveUpdatesContext) ? false : pollMsOf);

/** Each page of a list is a request, of which a person has a hundred a minute: of two pages half as often. */
function pollMsOf({ state: { data } }: { state: { data: unknown } }): number {
  const isPaged = typeof data === 'object' && data !== null && 'pages' in data;
  return isPaged && Array.isArray(data.pages) ? POLL_MS * Math.max(1, data.pages.length) : POLL_MS;
}
