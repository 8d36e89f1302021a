import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { CATEGORY_LABELS } from '../images/categories.ts';
import { type ViewedImage, Viewer } from '../images/viewer.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { formatBytes, formatTime } from '../parts/format.ts';
import { useSession } from '../session/session-provider.tsx';
import { dropImage, useImages } from './images.ts';
import type { Looked } from './patient-page.tsx';

interface PatientViewerProps {
  looked: Looked;
  onLook: (looked: Looked | undefined) => void;
}

/** The image that is looked at, among those of its batch. */
export const PatientViewer = ({ looked, onLook }: PatientViewerProps) =>
  looked.batchId === undefined ? (
    <Shown looked={looked} among={[]} onLook={onLook} />
  ) : (
    <AmongBatch looked={looked} batchId={looked.batchId} onLook={onLook} />
  );

function AmongBatch({ batchId, looked, onLook }: PatientViewerProps & { batchId: string }) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useImages(batchId);
  const images =
    data?.pages.flatMap((page) => page.images.filter(({ status }) => status !== 'pending')) ?? [];
  const index = images.findIndex(({ id }) => id === looked.image.id);
  useEffect(() => {
    // The arrows go on past what is read.
    if (index >= 0 && index >= images.length - 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  });
  return <Shown looked={looked} among={images} onLook={onLook} />;
}

function Shown({ looked, among, onLook }: PatientViewerProps & { among: Image[] }) {
  const { person } = useSession();
  const queries = useQueryClient();
  const [asks, setAsks] = useState(false);
  const index = among.findIndex(({ id }) => id === looked.image.id);
  const listed = among[index];
  const { data: asked } = useQuery({
    queryKey: ['search', 'image', looked.image.id],
    queryFn: () => bodyOf(api.GET('/api/images/{id}', { params: { path: { id: looked.image.id } } })),
    enabled: looked.batchId === undefined,
  });
  const image = listed ?? asked ?? looked.image;
  const show = ({ id }: ViewedImage) => {
    const found = among.find((each) => each.id === id);
    if (found) onLook({ ...looked, image: found });
  };
  const remove = async () => {
    await api.DELETE('/api/images/{id}', { params: { path: { id: image.id } } });
    const neighbour = among[index + 1] ?? among[index - 1];
    onLook(neighbour && { ...looked, image: neighbour });
    dropImage(queries, image);
  };
  // Somebody else may have deleted it.
  const isGone = looked.batchId !== undefined && among.length > 0 && index < 0;
  useEffect(() => {
    if (isGone) onLook(undefined);
  }, [isGone, onLook]);

  return (
    <>
      <Viewer
        image={toViewed(image)}
        previous={among[index - 1] && toViewed(among[index - 1] as Image)}
        next={among[index + 1] && toViewed(among[index + 1] as Image)}
        onShow={show}
        onDelete={person.mayDelete ? () => setAsks(true) : undefined}
        onClose={() => onLook(undefined)}
      >
        <b className="viewer-category">{CATEGORY_LABELS[image.category]}</b>
        {image.width !== null && image.height !== null && (
          <span>
            {image.width} × {image.height}
          </span>
        )}
        <span>{formatBytes(image.file_size)}</span>
        <span>{formatTime(image.uploaded_at)}</span>
        {image.caption && <span className="viewer-caption">{image.caption}</span>}
      </Viewer>
      {asks && (
        <Confirm
          title="Delete image?"
          action="Delete image"
          onClose={() => setAsks(false)}
          onConfirm={remove}
        >
          “{image.original_name}” will be deleted.
        </Confirm>
      )}
    </>
  );
}

const toViewed = (image: Image): ViewedImage => ({
  id: image.id,
  name: image.original_name,
  type: image.content_type,
  isReady: image.status === 'ready',
  reason: image.status_reason,
});
