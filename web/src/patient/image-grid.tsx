import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Image } from '../api/types.ts';
import type { UploadItem } from '../uploads/upload-record.ts';
import { useUploadQueue } from '../uploads/uploads-provider.tsx';
import { ImageTile } from './image-tile.tsx';
import { useDragSelect } from './selection/use-drag-select.ts';
import { useGridKeys } from './selection/use-grid-keys.ts';
import type { Selection } from './selection/use-selection.ts';
import { useDragOrder } from './use-drag-order.ts';
import { useSteadyPlaces } from './use-steady-places.ts';
import './image-grid.css';

interface ImageGridProps {
  images: readonly Image[];
  /** The uploads of this page, by their images. */
  uploads: ReadonlyMap<string, UploadItem>;
  selection: Selection;
  shownId: string | undefined;
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
export function ImageGrid({ images, uploads, selection, shownId, onShow, onMove, onEnd }: ImageGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const { chosen, has, select } = selection;
  const { onPointerDown, isDragging: isSelecting } = useDragSelect(selection);
  const drag = useDragOrder({ images, chosen, has, isSelecting, onMove });
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
  const latest = useRef({ onShow });
  useLayoutEffect(() => {
    latest.current = { onShow };
  });
  const show = useCallback((image: Image) => latest.current.onShow(image), []);

  const { placeOf } = useUploadQueue().items;
  const { places, pointing } = useSteadyPlaces(images, placeOf);
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
  const onKeyDown = useGridKeys({
    ids: places.map(({ id, image }) => image?.id ?? id),
    columns,
    selection,
    isViewing: shownId !== undefined,
    scrollTo: (index) => virtualizer.scrollToIndex(Math.floor(index / columns)),
  });
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
      {...{ onPointerDown, onKeyDown }}
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
                  upload={uploads.get(image.id)}
                  isSelected={has(image.id)}
                  isShown={shownId === image.id}
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
