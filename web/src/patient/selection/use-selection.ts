import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Image } from '../../api/types.ts';
import { isTyping } from '../../parts/is-typing.ts';
import { useShortcuts } from '../../shortcuts/use-shortcuts.ts';
import { useUploadQueue } from '../../uploads/uploads-provider.tsx';
import { rangeOf } from './select-range.ts';

/** The list whose images can be selected. */
interface Selectable {
  /** The loaded images, in their order. */
  images: readonly Image[];
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The selected images of a list, and the ways to select them. */
export interface Selection {
  /** By their places: a file that is being uploaded has one before it has an image. */
  places: ReadonlySet<string>;
  has: (id: string) => boolean;
  /** Those that are still in the list and ready. */
  chosen: Image[];
  /** Whether all are to be selected, and some are still to be loaded. */
  isLoadingAll: boolean;
  /** `isRange`: together with all images from the last clicked one on. */
  select: (id: string, isSelected: boolean, isRange: boolean) => void;
  /** Adds to what was selected when a drag began, or takes away from it. */
  paint: (base: ReadonlySet<string>, fromId: string, toId: string, isSelected: boolean) => void;
  selectAll: () => void;
  clear: () => void;
}

/** Selects images of a list by mouse, finger and keyboard: Ctrl+A for all, Escape for none. */
export function useSelection({
  images,
  hasNextPage,
  isFetchingNextPage,
  fetchNextPage,
}: Selectable): Selection {
  const { placeOf } = useUploadQueue().items;
  const [places, setPlaces] = useState<ReadonlySet<string>>(new Set());
  const [wantsAll, setWantsAll] = useState(false);
  const clicked = useRef<string>(undefined);
  const latest = useRef(images);
  latest.current = images;

  const placesOf = useCallback((range: readonly Image[]) => range.map(({ id }) => placeOf(id)), [placeOf]);
  const select = useCallback(
    (id: string, isSelected: boolean, isRange: boolean) => {
      const range = rangeOf(latest.current, isRange ? clicked.current : undefined, id);
      setPlaces((now) => changed(now, placesOf(range), isSelected));
      setWantsAll(false);
      clicked.current = id;
    },
    [placesOf],
  );
  const paint = useCallback<Selection['paint']>(
    (base, fromId, toId, isSelected) => {
      setPlaces(changed(base, placesOf(rangeOf(latest.current, fromId, toId)), isSelected));
      setWantsAll(false);
    },
    [placesOf],
  );
  const selectAll = useCallback(() => setWantsAll(true), []);
  const clear = useCallback(() => {
    setWantsAll(false);
    setPlaces(new Set());
  }, []);

  useEffect(() => {
    if (!wantsAll) return;
    // Also those that are not ready yet: they are selected when they are.
    setPlaces(new Set(images.map(({ id }) => placeOf(id))));
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    else if (!hasNextPage) setWantsAll(false);
  }, [wantsAll, images, placeOf, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const isEmpty = places.size === 0;
  useShortcuts({ 'select-all': selectAll, 'select-none': isEmpty ? undefined : clear }, isElsewhere);

  const chosen = useMemo(
    () => images.filter(({ id, status }) => status === 'ready' && places.has(placeOf(id))),
    [images, places, placeOf],
  );
  const has = useCallback((id: string) => places.has(placeOf(id)), [places, placeOf]);
  return { places, has, chosen, isLoadingAll: wantsAll && hasNextPage, select, paint, selectAll, clear };
}

/** Behind a dialog, nothing is selected. */
const isElsewhere = (target: EventTarget | null): boolean =>
  (isTyping(target) && !isCheckbox(target)) ||
  document.querySelector('[role=dialog], [role=alertdialog]') !== null;

const isCheckbox = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === 'checkbox';

function changed(
  base: ReadonlySet<string>,
  range: readonly string[],
  isSelected: boolean,
): ReadonlySet<string> {
  const places = new Set(base);
  for (const place of range) {
    if (isSelected) places.add(place);
    else places.delete(place);
  }
  return places;
}
