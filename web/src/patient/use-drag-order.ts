import { type DragEvent, useRef } from 'react';
import type { Image } from '../api/types.ts';

interface DragOrder {
  images: readonly Image[];
  chosen: readonly Image[];
  has: (id: string) => boolean;
  /** Whether the drag selects. */
  isSelecting: { readonly current: boolean };
  onMove: (moved: ReadonlySet<string>, beforeId: string | undefined) => void;
}

/**
 * Returns the drag handlers of a grid: selected tiles are moved together. The target is marked on the tile's element, so that
 * React renders nothing while the mouse moves over thousands of tiles.
 */
export function useDragOrder({ images, chosen, has, isSelecting, onMove }: DragOrder) {
  const moved = useRef<ReadonlySet<string>>(undefined);
  const marked = useRef<HTMLElement>(undefined);
  const mark = (tile: HTMLElement | undefined, side: 'before' | 'after' = 'before') => {
    if (marked.current !== tile) delete marked.current?.dataset.drop;
    marked.current = tile;
    if (tile) tile.dataset.drop = side;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const id = tileOf(event)?.dataset.id;
      if (isSelecting.current) return event.preventDefault();
      if (id === undefined) return;
      moved.current = new Set(has(id) ? chosen.map((image) => image.id) : [id]);
      event.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (event: DragEvent) => {
      const tile = tileOf(event);
      if (!moved.current || !tile) return;
      event.preventDefault();
      const { left, width } = tile.getBoundingClientRect();
      mark(tile, event.clientX < left + width / 2 ? 'before' : 'after');
    },
    onDrop: (event: DragEvent) => {
      const { id, drop } = marked.current?.dataset ?? {};
      const going = moved.current;
      if (!going || id === undefined) return;
      event.preventDefault();
      const at = images.findIndex((image) => image.id === id) + (drop === 'after' ? 1 : 0);
      onMove(going, images.slice(at).find((image) => !going.has(image.id))?.id);
    },
    onDragEnd: () => {
      moved.current = undefined;
      mark(undefined);
    },
  };
}

const tileOf = ({ target }: DragEvent): HTMLElement | undefined =>
  (target instanceof Element && target.closest<HTMLElement>('.tile[draggable=true]')) || undefined;
