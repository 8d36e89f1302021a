import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api } from '../api/client.ts';
import type { Batch, Category, Image } from '../api/types.ts';
import { CategoryMenu } from '../images/category-menu.tsx';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { DropZone } from '../uploads/drop-zone.tsx';
import { UploadList } from '../uploads/upload-list.tsx';
import type { UploadTarget } from '../uploads/upload-record.ts';
import { ImageGrid } from './image-grid.tsx';
import { useImages } from './images.ts';
import { useZip } from './use-zip.ts';
import './batch-content.css';

interface BatchContentProps {
  batch: Batch;
  shownId: string | undefined;
  onShow: (image: Image) => void;
}

/** How many images one request changes. */
const MOST_CHANGED = 100;

/** What is in a batch: where images are dropped, those that are on their way, and those that are there. */
export function BatchContent({ batch, shownId, onShow }: BatchContentProps) {
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useImages(batch.id);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<string>();
  const zip = useZip(batch);
  const target = useMemo((): UploadTarget => ({ kind: 'batch', id: batch.id }), [batch.id]);
  const images = useMemo(
    () => data?.pages.flatMap((page) => page.images.filter(({ status }) => status !== 'pending')) ?? [],
    [data],
  );
  const chosen = images
    .filter(({ id, status }) => selected.has(id) && status === 'ready')
    .map(({ id }) => id);

  const select = (id: string, isSelected: boolean) => {
    const changed = new Set(selected);
    if (isSelected) changed.add(id);
    else changed.delete(id);
    setSelected(changed);
  };
  const categorize = async (category: Category) => {
    try {
      for (let start = 0; start < chosen.length; start += MOST_CHANGED) {
        const ids = chosen.slice(start, start + MOST_CHANGED);
        await api.PATCH('/api/images', { body: { ids, category } });
      }
      setFailure(undefined);
    } catch (reason) {
      setFailure(explain(reason));
    }
  };

  return (
    <div className="batch-content">
      <DropZone target={target} />
      <UploadList targetId={batch.id} />
      {chosen.length > 0 && (
        <div className="selection" role="toolbar" aria-label="Selection">
          <button type="button" className="button primary small" onClick={() => zip.download(chosen)}>
            <Download size={16} aria-hidden /> Download {chosen.length} selected
          </button>
          <CategoryMenu
            value=""
            empty="Set category …"
            label="Category of the selection"
            onChange={categorize}
          />
          <button type="button" className="button small" onClick={() => setSelected(new Set())}>
            Clear
          </button>
        </div>
      )}
      {zip.progress && (
        <p className="quiet" role="status">
          {zip.progress}
        </p>
      )}
      {failure && (
        <p className="field-error" role="alert">
          {failure}
        </p>
      )}
      {isPending && <Spinner label="Loading the images" />}
      {error && (
        <Message title="The images cannot be shown" tone="bad">
          {explain(error)}
        </Message>
      )}
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
          onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
        />
      )}
    </div>
  );
}
