import { useEffect, useMemo } from 'react';
import { useUploads } from './uploads-provider.tsx';

interface ListRead {
  /** Of a batch or case, or all of a patient's. */
  of: 'target' | 'patient';
  id: string;
  /** The ids of the images in the list. */
  ids: ReadonlySet<string>;
  /** Whether all of the list is loaded. */
  isWhole: boolean;
  /** When it was read; milliseconds since 1970. */
  readAt: number;
}

/**
 * The uploads of this page to a list of images, by the ids of their images or, before they have one, their own; and those whose
 * images are not in the list yet, which have their places after it. So none is shown twice, and each is shown.
 */
export function useOwnUploads({ of, id: listId, ids, isWhole, readAt }: ListRead) {
  const { queue, items } = useUploads();
  const own = useMemo(
    () =>
      items.filter(
        ({ target }) =>
          target.kind !== 'dicom' && listId === (of === 'target' ? target.id : target.patientId),
      ),
    [items, of, listId],
  );
  const uploads = useMemo(() => new Map(own.map((item) => [item.imageId ?? item.id, item] as const)), [own]);
  const waiting = useMemo(
    () => own.filter(({ imageId }) => imageId === undefined || !ids.has(imageId)),
    [own, ids],
  );
  useEffect(() => {
    for (const { id, imageId, storedAt = Number.POSITIVE_INFINITY } of own) {
      const isListed = imageId !== undefined && ids.has(imageId);
      // Deleted or moved meanwhile: a list that was read later, and is whole, does not have it.
      if (isListed || (isWhole && storedAt < readAt)) queue.items.markListed(id);
    }
  }, [queue, own, ids, isWhole, readAt]);
  return { uploads, waiting };
}
