import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { Pair } from '../patient/patient-compare.tsx';
import type { OpenedImage } from '../patient/patient-viewer.tsx';
import { useAddress, useOpened } from './address.ts';

/** What is open on a patient's page: a batch, and an image or a comparison. All of it is in the address. */
export function usePatientPlace() {
  const queries = useQueryClient();
  const [{ batch }, set] = useAddress(['batch']);
  const opened = useOpened(['image', 'compare']);
  const { image: imageId, compare } = opened.values;
  const { data: image } = useQuery({
    queryKey: ['opened', imageId],
    queryFn: () => bodyOf(api.GET('/api/images/{id}', { params: { path: { id: imageId ?? '' } } })),
    enabled: imageId !== undefined,
    // Only to find it: from then on, its list keeps it up to date.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const looked: OpenedImage | undefined = image && {
    image,
    batchId: image.batch !== null && image.batch === batch ? batch : undefined,
  };
  const look = (next: OpenedImage | undefined) => {
    if (!next) return opened.close();
    queries.setQueryData(['opened', next.image.id], next.image);
    opened.open({ image: next.image.id });
  };
  const [one, other] = compare?.split(',') ?? [];
  const pair: Pair | undefined = one && other && batch ? { batchId: batch, ids: [one, other] } : undefined;
  // The same function each time: the comparison closes itself in an effect.
  const latest = useRef(opened.close);
  latest.current = opened.close;
  const endComparison = useCallback(() => latest.current(), []);
  return {
    open: batch,
    setOpen: (id: string | undefined) => set({ batch: id }),
    looked,
    look,
    pair,
    setPair: ({ ids }: Pair) => opened.open({ compare: ids.join() }),
    endComparison,
  };
}
