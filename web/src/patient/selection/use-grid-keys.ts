import { type KeyboardEvent, useRef } from 'react';
import { useShortcuts } from '../../shortcuts/use-shortcuts.ts';
import type { Selection } from './use-selection.ts';

interface GridKeys {
  /** The ids of the tiles in their order; empty for a gap. */
  ids: readonly string[];
  columns: number;
  selection: Pick<Selection, 'select'>;
  /** Whether the arrow keys change the image in the viewer, so that only those with Shift are for the grid. */
  isViewing: boolean;
  /** Draws the tile at this place, which may be outside of the view. */
  scrollTo: (index: number) => void;
}

const STEPS: Record<string, (columns: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};
/** How long a tile outside of the view takes to be drawn at most; frames. */
const FRAMES = 20;

/** Goes through a grid by arrow keys; with Shift the tiles on the way are selected. */
export function useGridKeys({ ids, columns, selection, isViewing, scrollTo }: GridKeys) {
  const isExtending = useRef(false);
  useShortcuts({ 'extend-selection': ids.length > 0 ? 'listed' : undefined });
  return (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key]?.(columns);
    const element = event.target instanceof HTMLElement ? event.target : undefined;
    const part = ['.tile-picture', '.tile-check input'].find((selector) => element?.matches(selector));
    const id = element?.closest<HTMLElement>('.tile')?.dataset.id;
    if (step === undefined || part === undefined || id === undefined) return;
    if (event.altKey || event.ctrlKey || event.metaKey || (isViewing && !event.shiftKey)) {
      isExtending.current = false;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const to = ids.indexOf(id) + step;
    const next = ids[to];
    if (!next) return;
    if (event.shiftKey) {
      // The first one too, from which the range goes on.
      if (!isExtending.current) selection.select(id, true, false);
      selection.select(next, true, true);
    }
    isExtending.current = event.shiftKey;
    scrollTo(to);
    focusWhenDrawn(event.currentTarget, next, part);
  };
}

function focusWhenDrawn(grid: HTMLElement, id: string, part: string, frames = FRAMES): void {
  const found = grid.querySelector<HTMLElement>(`.tile[data-id="${CSS.escape(id)}"] ${part}`);
  if (found) found.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenDrawn(grid, id, part, frames - 1));
}
