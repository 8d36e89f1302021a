import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, bodyOf, fetchBytes } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { useBatches } from '../batches/batches.ts';
import { useDeletion } from '../changes/use-deletion.ts';
import type { Pair } from '../compare/pair.ts';
import { mayEdit } from '../edits/may-edit.ts';
import { EyeSideMenu } from '../images/eye-side-menu.tsx';
import type { ViewedImage } from '../images/viewed-image.ts';
import { Viewer } from '../images/viewer.tsx';
import { text } from '../messages/text.ts';
import { Confirm } from '../parts/dialog.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { saveBytes } from '../parts/save-file.ts';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useSession } from '../session/session-provider.tsx';
import { DateTaken } from './date-taken.tsx';
import { ImageFacts, toViewed } from './image-facts.tsx';
import { listedIn, useImages } from './images.ts';
import { useCaptionedCopy } from './use-captioned-copy.ts';

const MoveDialog = lazyPart(() => import('../moves/move-dialog.tsx'), 'MoveDialog');

const CompareChoice = lazyPart(() => import('../compare/compare-choice.tsx'), 'CompareChoice');

const EditDialog = lazyPart(() => import('../edits/edit-dialog.tsx'), 'EditDialog');

/** The selected image, and the list through which the arrow keys go. */
export interface OpenedImage {
  image: Image;
  /** Undefined for a search result. */
  batchId: string | undefined;
  /** The list of another view, in its order. */
  among?: Image[];
}

interface PatientViewerProps {
  patientId: string;
  looked: OpenedImage;
  onLook: (looked: OpenedImage | undefined) => void;
  onCompare: (pair: Pair) => void;
}

/** The selected image, among those of its batch. */
export const PatientViewer = (props: PatientViewerProps) => {
  const { among, batchId } = props.looked;
  if (among || batchId === undefined) return <Shown {...props} among={among ?? []} isWhole={false} />;
  return <AmongBatch {...props} batchId={batchId} />;
};

function AmongBatch({ batchId, ...props }: PatientViewerProps & { batchId: string }) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useImages(batchId);
  const images = listedIn(data);
  const index = images.findIndex(({ id }) => id === props.looked.image.id);
  useEffect(() => {
    // The arrow keys continue after the loaded images; one of a link may be further down.
    const isNear = index < 0 || index >= images.length - 2;
    if (data && isNear && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  });
  return <Shown {...props} among={images} isWhole={!hasNextPage} />;
}

interface ShownProps extends PatientViewerProps {
  among: Image[];
  /** Whether these are all images of the batch. */
  isWhole: boolean;
}

function Shown({ patientId, looked, among, isWhole, onLook, onCompare }: ShownProps) {
  const { person } = useSession();
  const { deleteImages } = useDeletion();
  const saveCaptioned = useCaptionedCopy(patientId);
  const [asks, setAsks] = useState<'compare' | 'edit' | 'move' | 'delete'>();
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
  const { data: batches } = useBatches(patientId);
  const batchName =
    batches?.pages.flatMap((page) => page.batches).find(({ id }) => id === image.batch)?.name ??
    text('patient-page.moved-images');
  const showNeighbour = () => {
    const neighbour = among[index + 1] ?? among[index - 1];
    onLook(neighbour && { ...looked, image: neighbour });
  };
  const { id, batch, original_name: name } = image;
  const remove = () => deleteImages([{ id, batch, name }], showNeighbour);
  // Another user may have deleted it.
  const isGone = looked.batchId !== undefined && isWhole && among.length > 0 && index < 0;
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
        onSave={async () =>
          saveBytes(await fetchBytes(`/api/images/${image.id}/download`), image.original_name)
        }
        onSaveCaptioned={(isAnnotated) => saveCaptioned(image, isAnnotated)}
        onEdit={mayEdit(person, image) ? () => setAsks('edit') : undefined}
        onCompare={image.status === 'ready' ? () => setAsks('compare') : undefined}
        onDelete={person.mayDelete ? () => setAsks('delete') : undefined}
        onMove={person.mayReassign && image.status === 'ready' ? () => setAsks('move') : undefined}
        onClose={() => onLook(undefined)}
      >
        <ImageFacts image={image}>
          {image.status === 'ready' && (
            <>
              <DateTaken image={image} />
              <EyeSideMenu image={image} />
            </>
          )}
        </ImageFacts>
      </Viewer>
      {asks === 'compare' && (
        <CompareChoice
          patientId={patientId}
          image={image}
          onChoose={(pair) => {
            setAsks(undefined);
            onCompare(pair);
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'edit' && <EditDialog images={[image]} onClose={() => setAsks(undefined)} />}
      {asks === 'move' && (
        <MoveDialog
          patientId={patientId}
          moved={{ kind: 'images', images: [image], batchName }}
          onMoved={showNeighbour}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'delete' && (
        <Confirm
          title={text('images.delete-title')}
          action={text('images.delete')}
          onClose={() => setAsks(undefined)}
          onConfirm={remove}
        >
          <PatientLine patientId={patientId} />
          {text('images.delete-text', { name: image.original_name })}
        </Confirm>
      )}
    </>
  );
}
