import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useSession } from '../session/session-provider.tsx';
import { ZipDownloads } from './zip-downloads.ts';

const DownloadsContext = createContext<ZipDownloads | undefined>(undefined);

/** The ZIPs that are being made, independent of the current page. */
export function useDownloads(): ZipDownloads {
  const downloads = useContext(DownloadsContext);
  if (!downloads) throw new Error('Nothing is downloaded here.');
  return downloads;
}

/** Makes ZIPs while the user is signed in, across page changes. */
export function DownloadsProvider({ children }: { children: ReactNode }) {
  const { person } = useSession();
  const [downloads] = useState(() => new ZipDownloads(person.subject));
  useEffect(() => downloads.resume(), [downloads]);
  return <DownloadsContext value={downloads}>{children}</DownloadsContext>;
}
