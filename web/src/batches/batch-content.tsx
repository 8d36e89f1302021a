import { CheckCheck } from 'lucide-react';
import { useMemo } from 'react';
import type { Batch, Image } from '../api/types.ts';
import type { Pair } from '../compare/pair.ts';
import { useDownloads } from '../downloads/downloads-provider.tsx';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { ImageGrid } from '../patient/image-grid.tsx';
import { movedBefore, movedBy } from '../patient/image-order.ts';
import { listedIn, useImages } from '../patient/images.ts';
import { SelectionBar } from '../patient/selection/selection-bar.tsx';
import { useSelection } from '../patient/selection/use-selection.ts';
import { useReordering } from '../patient/use-reordering.ts';
import { DropZone } from '../uploads/drop-zone.tsx';
import { toPlace } from '../uploads/upload-place.ts';
import type { ImageTarget } from '../uploads/upload-record.ts';
import { useOwnUploads } from '../uploads/use-own-uploads.ts';
import '../parts/dock.css';
import './batch-content.css';

const BatchNotes = lazyPart(() => import('../annotations/batch-notes.tsx'), 'BatchNotes');

interface BatchContentProps {
  batch: Batch;
  shownId: string | undefined;
  onShow: (image: Image) => void;
  onCompare: (pair: Pair) => void;
}

/** The content of a batch: drop zone and images, those that are being uploaded in their places. */
export function BatchContent({ batch, shownId, onShow, onCompare }: BatchContentProps) {
  const answer = useImages(batch.id);
  const { data, dataUpdatedAt, hasNextPage, isFetchingNextPage, fetchNextPage } = answer;
  const downloads = useDownloads();
  const reorder = useReordering(batch.id);
  const { id, name, object_id: patientId } = batch;
  const target = useMemo(
    (): ImageTarget => ({ kind: 'batch', id, patientId, title: name }),
    [id, patientId, name],
  );
  const listed = useMemo(() => listedIn(data), [data]);
  const ids = useMemo(() => idsOf(listed), [listed]);
  const isWhole = data !== undefined && !hasNextPage;
  const { uploads, waiting } = useOwnUploads({ of: 'target', id, ids, isWhole, readAt: dataUpdatedAt });
  const images = useMemo(() => [...listed, ...waiting.map(toPlace)], [listed, waiting]);
  const selection = useSelection({ images, hasNextPage, isFetchingNextPage, fetchNextPage });
  const { chosen } = selection;
  return (
    <div className="batch-content">
      <DropZone target={target} />
      {/* Below the grid on the screen: what appears here moves no image under the pointer. */}
      <div className="dock">
        {chosen.length > 0 && (
          <SelectionBar
            patientId={patientId}
            title={name}
            selection={selection}
            onDownload={(of, asEdited) => downloads.start(batch, [...idsOf(of)], asEdited)}
            onCompare={onCompare}
            onReorder={(step) => reorder((now) => movedBy(now, idsOf(chosen), step))}
          />
        )}
      </div>
      {images.length > 0 && (
        <button
          type="button"
          className="button small select-all"
          title={text('selection.select-all-hint')}
          onClick={selection.selectAll}
          disabled={selection.isLoadingAll}
        >
          <CheckCheck size={16} aria-hidden />{' '}
          {text(selection.isLoadingAll ? 'selection.loading-all' : 'selection.select-all-images')}
        </button>
      )}
      <QueryStatus what="images" answer={answer} />
      {data && images.length === 0 && !hasNextPage && <p className="quiet empty">{text('batches.empty')}</p>}
      {images.length > 0 && (
        <ImageGrid
          images={images}
          uploads={uploads}
          selection={selection}
          shownId={shownId}
          onShow={onShow}
          onMove={(moved, beforeId) => reorder((now) => movedBefore(now, moved, beforeId))}
          onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
        />
      )}
      <BatchNotes batchId={id} />
    </div>
  );
}

const idsOf = (images: readonly Image[]): ReadonlySet<string> => new Set(images.map(({ id }) => id));
