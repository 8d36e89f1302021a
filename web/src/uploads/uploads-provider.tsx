import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useSession } from '../session/session-provider.tsx';
import { UploadQueue } from './upload-queue.ts';
import type { UploadItem } from './upload-record.ts';

const UploadsContext = createContext<UploadQueue | undefined>(undefined);

/** The upload queue, independent of the current page. */
export function useUploadQueue(): UploadQueue {
  const queue = useContext(UploadsContext);
  if (!queue) throw new Error('Nothing is uploaded here.');
  return queue;
}

/** The uploads in progress. Changes up to ten times a second. */
export function useUploads(): { queue: UploadQueue; items: readonly UploadItem[] } {
  const queue = useUploadQueue();
  return { queue, items: useSyncExternalStore(queue.items.subscribe, queue.items.shown) };
}

/** Uploads files while the user is signed in, across page changes. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const { person } = useSession();
  const [queue] = useState(() => new UploadQueue(person.subject));
  useEffect(() => void queue.resume(), [queue]);
  return <UploadsContext value={queue}>{children}</UploadsContext>;
}
