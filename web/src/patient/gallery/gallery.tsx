import { useVirtualizer } from '@tanstack/react-virtual';
import { CheckCheck, ImagePlus } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Batch, Image } from '../../api/types.ts';
import { useBatches } from '../../batches/batches.ts';
import type { Pair } from '../../compare/pair.ts';
import { useDownloads } from '../../downloads/downloads-provider.tsx';
import { text } from '../../messages/text.ts';
import { IconButton } from '../../parts/icon-button.tsx';
import { Message } from '../../parts/message.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { OFFERED_TYPES } from '../../uploads/check-file.ts';
import { toPlace } from '../../uploads/upload-place.ts';
import { useUploadQueue } from '../../uploads/uploads-provider.tsx';
import { useOwnUploads } from '../../uploads/use-own-uploads.ts';
import { ImageTile } from '../image-tile.tsx';
import { SelectionBar } from '../selection/selection-bar.tsx';
import { useDragSelect } from '../selection/use-drag-select.ts';
import { useGridKeys } from '../selection/use-grid-keys.ts';
import { useSelection } from '../selection/use-selection.ts';
import { downloadAll } from './download-all.ts';
import { useGalleryImages } from './gallery-images.ts';
import { byTime, byVisit, eyeLinesOf, type Grouping, linesOf } from './gallery-sections.ts';
import './gallery.css';

interface GalleryProps {
  patientId: string;
  grouping: Grouping;
  shownId: string | undefined;
  onShow: (image: Image) => void;
  /** Called with the images in their order, when they change. */
  onList: (images: Image[]) => void;
  onCompare: (pair: Pair) => void;
}

const TILE_WIDTH = 176;
const ROW_HEIGHT = 256;
const HEADING_HEIGHT = 52;
const GAP = 12;
const OVERSCAN = 4;

/** All images of a patient across the width of the page, by visit or by day. It renders only those near the view. */
export function Gallery({ patientId, grouping, shownId, onShow, onList, onCompare }: GalleryProps) {
  const answer = useGalleryImages(patientId);
  const batches = useListedBatches(patientId);
  const downloads = useDownloads();
  const { images, uploads } = useWithUploads(answer, patientId);
  const sections = useMemo(
    () => (grouping === 'visit' ? byVisit(batches, images) : byTime(images)),
    [grouping, batches, images],
  );
  const listed = useMemo(() => sections.flatMap((section) => section.images), [sections]);
  useEffect(() => onList(listed), [onList, listed]);
  const selection = useSelection({ images: listed, ...answer });
  const scroller = useRef<HTMLDivElement>(null);
  const fitting = useColumns(scroller);
  const hasEyes = grouping === 'eye';
  const columns = hasEyes ? fitting - (fitting % 2) : fitting;
  const lines = useMemo(
    () => (hasEyes ? eyeLinesOf : linesOf)(sections, columns),
    [hasEyes, sections, columns],
  );
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.images ? ROW_HEIGHT : HEADING_HEIGHT),
    gap: GAP,
    overscan: OVERSCAN,
    useFlushSync: false,
  });
  // Other lines at the same places have other heights.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are what is measured
  useEffect(() => virtualizer.measure(), [virtualizer, lines]);
  const { onPointerDown } = useDragSelect(selection, true);
  const ids = hasEyes
    ? lines.flatMap(({ images = [] }) => images.map((image) => image?.id ?? ''))
    : listed.map(({ id }) => id);
  const onKeyDown = useGridKeys({
    ids,
    columns,
    selection,
    isViewing: shownId !== undefined,
    scrollTo: (index) => {
      const id = ids[index];
      virtualizer.scrollToIndex(lines.findIndex((line) => line.images?.some((image) => image?.id === id)));
    },
  });
  const handlers = { onPointerDown, onKeyDown };
  const { placeOf } = useUploadQueue().items;
  const latest = useRef({ onShow });
  latest.current = { onShow };
  // The same function, so that only changed tiles are rendered again.
  const show = useCallback((image: Image) => latest.current.onShow(image), []);
  return (
    <div className="gallery">
      <div className="gallery-bar">
        {selection.chosen.length > 0 ? (
          <SelectionBar
            patientId={patientId}
            title={titleOf(selection.chosen, batches)}
            selection={selection}
            onDownload={(chosen, asEdited) => void downloadAll(downloads, batches, chosen, asEdited)}
            onCompare={onCompare}
          />
        ) : (
          <button
            type="button"
            className="button small"
            title={text('selection.select-all-hint')}
            onClick={selection.selectAll}
            disabled={listed.length === 0}
          >
            <CheckCheck size={16} aria-hidden /> {text('selection.select-all-images')}
          </button>
        )}
        <span className="quiet" role="status">
          {answer.hasNextPage && text('gallery.count-so-far', { count: listed.length })}
        </span>
      </div>
      {hasEyes && (
        <div className="gallery-eyes">
          <span>{text('compare.eye', { side: 'right' })}</span>
          <span>{text('compare.eye', { side: 'left' })}</span>
        </div>
      )}
      <div ref={scroller} className="scroller gallery-scroller">
        <QueryStatus what="images" answer={answer} />
        {answer.isSuccess && listed.length === 0 && batches.length === 0 && (
          <Message title={text('patient-page.empty')}>{text('gallery.empty-hint')}</Message>
        )}
        <div className="image-grid" {...handlers} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const line = lines[index];
            if (!line) return null;
            return (
              <div
                key={key}
                className={line.images ? 'image-row' : 'gallery-heading'}
                style={{
                  height: line.images ? ROW_HEIGHT : HEADING_HEIGHT,
                  gap: GAP,
                  transform: `translateY(${start}px)`,
                  gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                }}
              >
                {line.images ? (
                  line.images.map((image, column) =>
                    image ? (
                      <ImageTile
                        key={placeOf(image.id)}
                        image={image}
                        upload={uploads.get(image.id)}
                        isMovable={false}
                        isSelected={selection.has(image.id)}
                        isShown={shownId === image.id}
                        onSelect={selection.select}
                        onShow={show}
                      />
                    ) : (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a gap has nothing but its place
                      <div key={column} />
                    ),
                  )
                ) : (
                  <SectionHeading title={line.section.title} batch={line.section.batch} patientId={patientId}>
                    {[text('images.count', { count: line.section.images.length }), line.section.note]
                      .filter(Boolean)
                      .join(' · ')}
                  </SectionHeading>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface SectionHeadingProps {
  title: string;
  batch: Batch | undefined;
  patientId: string;
  children: string;
}

/** The name of a visit or a day, and a button that adds images to a visit. */
function SectionHeading({ title, batch, patientId, children }: SectionHeadingProps) {
  const queue = useUploadQueue();
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <h2>
        {title} <span className="quiet">{children}</span>
      </h2>
      {batch && (
        <>
          <input
            ref={files}
            type="file"
            multiple
            hidden
            accept={OFFERED_TYPES}
            aria-label={text('gallery.files', { title })}
            onChange={({ target }) => {
              queue.add([...(target.files ?? [])], { kind: 'batch', id: batch.id, patientId, title });
              target.value = '';
            }}
          />
          <IconButton
            icon={ImagePlus}
            onClick={() => files.current?.click()}
            label={text('gallery.add', { title })}
            title={text('gallery.add-hint')}
          />
        </>
      )}
    </>
  );
}

/** The images of the patient with those that are being uploaded by this page. */
function useWithUploads(
  { data, dataUpdatedAt, hasNextPage }: ReturnType<typeof useGalleryImages>,
  patientId: string,
) {
  const listed = useMemo(() => data?.pages.flatMap((page) => page.images) ?? [], [data]);
  const ids = useMemo(() => new Set(listed.map(({ id }) => id)), [listed]);
  const isWhole = data !== undefined && !hasNextPage;
  const { uploads, waiting } = useOwnUploads({
    of: 'patient',
    id: patientId,
    ids,
    isWhole,
    readAt: dataUpdatedAt,
  });
  const images = useMemo(() => [...listed, ...waiting.map(toPlace)], [listed, waiting]);
  return { images, uploads };
}

/** All batches of the patient, newest first. */
function useListedBatches(patientId: string): readonly Batch[] {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useBatches(patientId);
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return useMemo(() => data?.pages.flatMap((page) => page.batches) ?? [], [data]);
}

/** How many tiles stand side by side. */
function useColumns(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [columns, setColumns] = useState(2);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth - 2 * GAP;
      setColumns(Math.max(2, Math.floor((width + GAP) / (TILE_WIDTH + GAP))));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return columns;
}

/** The name of their batch, if they are of one. */
function titleOf(chosen: readonly Image[], batches: readonly Batch[]): string {
  const ids = new Set(chosen.map(({ batch }) => batch));
  const only = ids.size === 1 ? batches.find(({ id }) => ids.has(id)) : undefined;
  return only?.name ?? text('gallery.several-visits');
}
