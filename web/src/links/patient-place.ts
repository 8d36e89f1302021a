import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { type Mode, modeOf, type Pair } from '../compare/pair.ts';
import type { OpenedImage } from '../patient/patient-viewer.tsx';
import { useAddress, useOpened } from './address.ts';

/** What is open on a patient's page: a batch, and an image or a comparison. All of it is in the address. */
export function usePatientPlace() {
  const queries = useQueryClient();
  const [{ batch }, set] = useAddress(['batch']);
  const opened = useOpened(['image', 'compare', 'mode']);
  const { image: imageId, compare, mode } = opened.values;
  const { data: image } = useQuery({
    queryKey: ['opened', imageId],
    queryFn: () => bodyOf(api.GET('/api/images/{id}', { params: { path: { id: imageId ?? '' } } })),
    enabled: imageId !== undefined,
    // Only to find it: from then on, its list keeps it up to date.
    staleTime: Number.POSITIVE_INFINITY,
  });
  /** The batch through which the arrow keys go; null for a result of the search. After a reload, the open one. */
  const [within, setWithin] = useState<string | null>();
  const around = within === undefined ? batch : within;
  const looked: OpenedImage | undefined = image && {
    image,
    batchId: image.batch !== null && image.batch === around ? around : undefined,
  };
  const look = (next: OpenedImage | undefined) => {
    if (!next) return opened.close();
    queries.setQueryData(['opened', next.image.id], next.image);
    setWithin(next.batchId ?? null);
    opened.open({ image: next.image.id });
  };
  const [one, other] = compare?.split(',') ?? [];
  const pair: Pair | undefined = one && other ? [one, other] : undefined;
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
    mode: modeOf(mode),
    setPair: (next: Pair, how: Mode = 'side') =>
      opened.open({ compare: next.join(), mode: how === 'side' ? undefined : how }),
    endComparison,
  };
}
