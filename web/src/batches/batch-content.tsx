import { useMemo, useRef, useState } from 'react';
import type { Batch, Image } from '../api/types.ts';
import { Failure } from '../parts/failure.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { ImageGrid } from '../patient/image-grid.tsx';
import { movedBefore, movedBy } from '../patient/image-order.ts';
import { listedIn, useImages } from '../patient/images.ts';
import type { Pair } from '../patient/patient-compare.tsx';
import { rangeOf } from '../patient/select-range.ts';
import { SelectionBar } from '../patient/selection-bar.tsx';
import { useMoving } from '../patient/use-move-images.ts';
import { useZip } from '../patient/use-zip.ts';
import { ZipArchives } from '../patient/zip-archives.tsx';
import { DropZone } from '../uploads/drop-zone.tsx';
import { UploadList } from '../uploads/upload-list.tsx';
import type { UploadTarget } from '../uploads/upload-record.ts';
import '../parts/dock.css';
import './batch-content.css';

interface BatchContentProps {
  batch: Batch;
  shownId: string | undefined;
  onShow: (image: Image) => void;
  onCompare: (pair: Pair) => void;
}

/** The content of a batch: drop zone, uploads in progress, and images. */
export function BatchContent({ batch, shownId, onShow, onCompare }: BatchContentProps) {
  const answer = useImages(batch.id);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = answer;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { move, failure } = useMoving(batch.id);
  const zip = useZip(batch);
  const target = useMemo((): UploadTarget => ({ kind: 'batch', id: batch.id }), [batch.id]);
  const images = useMemo(() => listedIn(data), [data]);
  const chosen = images.filter(({ id, status }) => selected.has(id) && status === 'ready');

  const clicked = useRef<string>(undefined);
  const select = (id: string, isSelected: boolean, isRange: boolean) => {
    const changed = new Set(selected);
    for (const image of rangeOf(images, isRange ? clicked.current : undefined, id)) {
      if (isSelected && image.status === 'ready') changed.add(image.id);
      else changed.delete(image.id);
    }
    clicked.current = id;
    setSelected(changed);
  };
  return (
    <div className="batch-content">
      <DropZone target={target} />
      {/* Below the grid on the screen: what appears here moves no image under the pointer. */}
      <div className="dock">
        {chosen.length > 0 && (
          <SelectionBar
            batch={batch}
            images={chosen}
            onDownload={() => zip.download(chosen.map(({ id }) => id))}
            onCompare={onCompare}
            onMove={(step) => move((listed) => movedBy(listed, idsOf(chosen), step))}
            onClear={() => setSelected(new Set())}
          />
        )}
        <ZipArchives progress={zip.progress} archives={zip.archives} />
        <Failure>{failure}</Failure>
        <UploadList targetId={batch.id} patientId={batch.object_id} />
      </div>
      <QueryStatus what="images" answer={answer} />
      {data && images.length === 0 && !hasNextPage && (
        <p className="quiet empty">No images in this batch yet.</p>
      )}
      {images.length > 0 && (
        <ImageGrid
          images={images}
          selected={selected}
          shownId={shownId}
          onSelect={select}
          onShow={onShow}
          onMove={(moved, beforeId) => move((listed) => movedBefore(listed, moved, beforeId))}
          onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
        />
      )}
    </div>
  );
}

const idsOf = (images: readonly Image[]): ReadonlySet<string> => new Set(images.map(({ id }) => id));
