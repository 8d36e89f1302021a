import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Image } from '../api/types.ts';
import { ImageTile } from './image-tile.tsx';
import { useDragOrder } from './use-drag-order.ts';
import { useSteadyPlaces } from './use-steady-places.ts';
import './image-grid.css';

interface ImageGridProps {
  images: readonly Image[];
  selected: ReadonlySet<string>;
  shownId: string | undefined;
  onSelect: (id: string, isSelected: boolean, isRange: boolean) => void;
  onShow: (image: Image) => void;
  onMove: (moved: ReadonlySet<string>, beforeId: string | undefined) => void;
  /** Called near the end of the loaded images. */
  onEnd: () => void;
}

const TILE_WIDTH = 132;
const ROW_HEIGHT = 212;
const GAP = 10;
/** The number of rows that are rendered above and below the view. */
const OVERSCAN = 3;

/** The grid of thumbnails. It renders only those near the view, so that thousands cost as much as dozens. */
export function ImageGrid({ images, selected, shownId, onSelect, onShow, onMove, onEnd }: ImageGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const drag = useDragOrder({ images, selected, onMove });
  const [{ columns, offset }, setLayout] = useState({ columns: 2, offset: 0 });

  useLayoutEffect(() => {
    const element = grid.current;
    const scroller = element?.closest('.scroller');
    if (!element || !scroller) return;
    const measure = () => {
      const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      const found = {
        columns: Math.max(1, Math.floor((element.clientWidth + GAP) / (TILE_WIDTH + GAP))),
        offset: Math.round(top + scroller.scrollTop),
      };
      setLayout((now) => (now.columns === found.columns && now.offset === found.offset ? now : found));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // The content above may grow, such as the list of uploads.
    if (element.parentElement) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, []);

  // Stable for the lifetime of the grid, so that only changed tiles are rendered again.
  const latest = useRef({ onSelect, onShow });
  useLayoutEffect(() => {
    latest.current = { onSelect, onShow };
  });
  const select = useCallback(
    (id: string, isSelected: boolean, isRange: boolean) => latest.current.onSelect(id, isSelected, isRange),
    [],
  );
  const show = useCallback((image: Image) => latest.current.onShow(image), []);

  const { places, pointing } = useSteadyPlaces(images);
  const rows = Math.ceil(places.length / columns);
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => grid.current?.closest('.scroller') ?? null,
    estimateSize: () => ROW_HEIGHT,
    gap: GAP,
    overscan: OVERSCAN,
    // Still in time for the next frame, but not during the event.
    useFlushSync: false,
    scrollMargin: offset,
  });
  const visible = virtualizer.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows - OVERSCAN) onEnd();
  }, [last, rows, onEnd]);

  return (
    <div
      ref={grid}
      className="image-grid"
      {...drag}
      {...pointing}
      style={{ height: virtualizer.getTotalSize() }}
    >
      {visible.map(({ index, key, start }) => (
        <div
          key={key}
          className="image-row"
          style={{
            height: ROW_HEIGHT,
            gap: GAP,
            transform: `translateY(${start - offset}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          }}
        >
          {places
            .slice(index * columns, (index + 1) * columns)
            .map(({ id, image }) =>
              image ? (
                <ImageTile
                  key={id}
                  image={image}
                  isSelected={selected.has(id)}
                  isShown={shownId === id}
                  onSelect={select}
                  onShow={show}
                />
              ) : (
                <div key={id} />
              ),
            )}
        </div>
      ))}
    </div>
  );
}
