import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useToasts } from '../changes/toasts-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { StudyReporter } from './study-reporter.ts';
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
  const queries = useQueryClient();
  const toasts = useToasts();
  const [queue] = useState(() => {
    const reporter = new StudyReporter(queries, toasts);
    return new UploadQueue(person.subject, {
      onGranted: ({ kind, id }) => {
        if (kind === 'dicom') return;
        // Announced images have their places in the list, so that none moves when another one is ready.
        void queries.invalidateQueries({ queryKey: [kind === 'batch' ? 'images' : 'case', id] });
      },
      onStudy: (study, { patientId }) => reporter.stored(study, patientId),
    });
  });
  useEffect(() => void queue.resume(), [queue]);
  return <UploadsContext value={queue}>{children}</UploadsContext>;
}
