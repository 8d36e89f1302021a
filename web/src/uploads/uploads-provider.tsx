import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useSession } from '../session/session-provider.tsx';
import { UploadQueue } from './upload-queue.ts';
import type { UploadItem } from './upload-record.ts';

const UploadsContext = createContext<UploadQueue | undefined>(undefined);

/** What takes files, whichever page is shown. */
export function useUploadQueue(): UploadQueue {
  const queue = useContext(UploadsContext);
  if (!queue) throw new Error('Nothing is uploaded here.');
  return queue;
}

/** The files that are on their way; it changes ten times a second. */
export function useUploads(): { queue: UploadQueue; items: readonly UploadItem[] } {
  const queue = useUploadQueue();
  return { queue, items: useSyncExternalStore(queue.items.subscribe, queue.items.shown) };
}

/** Sends files for as long as the person is signed in, also while they go from page to page. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const { person } = useSession();
  const [queue] = useState(() => new UploadQueue(person.subject));
  useEffect(() => void queue.resume(), [queue]);
  return <UploadsContext value={queue}>{children}</UploadsContext>;
}
