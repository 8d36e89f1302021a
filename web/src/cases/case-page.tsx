import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowRightLeft } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { CaseImage } from '../api/types.ts';
import { useDeletion } from '../changes/use-deletion.ts';
import { editedPath } from '../edits/edited-path.ts';
import { categoryLabel } from '../images/categories.ts';
import { checkOf } from '../images/check-state.ts';
import { EmptyViewer } from '../images/empty-viewer.tsx';
import { PageCount } from '../images/page-count.tsx';
import { useFreshUrls } from '../images/use-fresh-urls.ts';
import type { ViewedImage } from '../images/viewed-image.ts';
import { Viewer } from '../images/viewer.tsx';
import { useOpened } from '../links/address.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';
import { useShownPatient } from '../live-updates/use-shown-patient.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { Confirm } from '../parts/dialog.tsx';
import { describeTime } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { saveFile } from '../parts/save-file.ts';
import { SourceMark } from '../parts/source-mark.tsx';
import { useSteadyPlaces } from '../patient/use-steady-places.ts';
import { PatientBanner } from '../patient-banner/patient-banner.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useSession } from '../session/session-provider.tsx';
import { toCasePlace } from '../uploads/upload-place.ts';
import { useUploadQueue } from '../uploads/uploads-provider.tsx';
import { useOwnUploads } from '../uploads/use-own-uploads.ts';
import { CaseEyeSide } from './case-eye-side.tsx';
import { CaseImages } from './case-images.tsx';
import { CaseUpload } from './case-upload.tsx';
import '../parts/panel.css';
import '../patient/patient-page.css';
import './case-page.css';
import { lazyPart } from '../parts/lazy-part.ts';

const MoveDialog = lazyPart(() => import('../moves/move-dialog.tsx'), 'MoveDialog');

/** The images of a case with their eye sides and days, sorted by both. */
export function CasePage({ caseId }: { caseId: string }) {
  const { person } = useSession();
  const opened = useOpened(['image']);
  const { image: shownId } = opened.values;
  const setShownId = (id: string | undefined) => (id ? opened.open({ image: id }) : opened.close());
  const [asks, setAsks] = useState<'move' | 'delete'>();
  const { deleteImages } = useDeletion();
  const { placeOf } = useUploadQueue().items;
  const list = useInfiniteQuery({
    queryKey: ['case', caseId],
    queryFn: ({ pageParam: cursor }) => readCase(caseId, cursor),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
  useEffect(() => {
    document.title = `${caseId} · Negatoscope`;
  }, [caseId]);
  const listed = useMemo(() => list.data?.pages.flatMap((page) => page.images) ?? [], [list.data]);
  const ids = useMemo(() => new Set(listed.map(({ id }) => id)), [listed]);
  const isWhole = list.data !== undefined && !list.hasNextPage;
  const own = useOwnUploads({ of: 'target', id: caseId, ids, isWhole, readAt: list.dataUpdatedAt });
  const images = useMemo(() => [...listed, ...own.waiting.map(toCasePlace)], [listed, own.waiting]);
  const { places, pointing } = useSteadyPlaces(images, placeOf);
  const signed = list.data?.pages[0]?.images.find(({ thumbnailUrl }) => thumbnailUrl);
  useFreshUrls(signed?.thumbnailUrl, () => list.refetch({ cancelRefetch: false }));
  // As they are counted elsewhere.
  const ready = images.filter(({ status }) => status === 'ready').length;
  const index = images.findIndex(({ id }) => id === shownId);
  const shown = images[index];
  const patientId = images[0]?.patientId ?? undefined;
  // The first image of an empty case may belong to anybody.
  const isEmpty = list.isSuccess && listed.length === 0;
  useShownPatient(isEmpty ? undefined : (patientId ?? null));
  const viewed = (at: number) => images[at] && toViewed(images[at]);
  const remove = ({ id, fileName: name }: CaseImage) =>
    deleteImages([{ id, batch: null, name }], () => setShownId((images[index + 1] ?? images[index - 1])?.id));

  return (
    <main className={`patient ${shown ? 'has-image' : ''}`}>
      <div className="patient-head">
        {patientId ? (
          <PatientBanner patientId={patientId} title={text('cases.title', { id: caseId })} isLink />
        ) : (
          <h1>
            {richText('cases.heading', {
              id: caseId,
              quiet: (words) => <span className="quiet">{words}</span>,
            })}
          </h1>
        )}
        {images.length > 0 && (
          <span className="quiet">
            {text(list.hasNextPage ? 'cases.images-so-far' : 'images.count', { count: ready })}
          </span>
        )}
        {patientId && person.mayReassign && (
          <button type="button" className="button small" onClick={() => setAsks('move')}>
            <ArrowRightLeft size={16} aria-hidden /> {text('cases.move')}
          </button>
        )}
      </div>
      <div className="patient-split">
        <section className="panel patient-list" aria-label={text('cases.images')}>
          <div className="scroller case-list">
            <CaseUpload caseId={caseId} patientId={patientId} />
            <QueryStatus what="case" answer={list} />
            {list.isSuccess && images.length === 0 && <p className="quiet empty">{text('cases.empty')}</p>}
            <CaseImages
              places={places}
              pointing={pointing}
              uploads={own.uploads}
              shownId={shownId}
              onShow={setShownId}
            />
            {list.hasNextPage && (
              <button type="button" className="button" onClick={() => list.fetchNextPage()}>
                {text('cases.more')}
              </button>
            )}
          </div>
        </section>
        <section className="panel patient-view" aria-label={text('images.viewer')}>
          {shown ? (
            <Viewer
              image={toViewed(shown)}
              previous={viewed(index - 1)}
              next={viewed(index + 1)}
              onShow={({ id }) => setShownId(id)}
              onSave={() => save(shown.id)}
              onDelete={person.mayDelete ? () => setAsks('delete') : undefined}
              onClose={() => setShownId(undefined)}
            >
              <CaseEyeSide key={shown.id} image={shown} />
              <span>{categoryLabel(shown.category)}</span>
              {shown.width !== null && (
                <span>
                  {shown.width} × {shown.height}
                </span>
              )}
              <PageCount pages={shown.pages} />
              <span>{describeTime(shown)}</span>
              <SourceMark isFromPatient={shown.source === 'patient'} />
            </Viewer>
          ) : (
            <EmptyViewer />
          )}
        </section>
      </div>
      {asks === 'move' && patientId && (
        <MoveDialog
          patientId={patientId}
          moved={{ kind: 'case', caseId }}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'delete' && shown && (
        <Confirm
          title={text('images.delete-title')}
          action={text('images.delete')}
          onClose={() => setAsks(undefined)}
          onConfirm={() => remove(shown)}
        >
          {patientId && <PatientLine patientId={patientId} />}
          {text('images.delete-text', { name: shown.fileName })}
        </Confirm>
      )}
    </main>
  );
}

/** A case exists from its first image on. Before that, 404 is not an error here. */
async function readCase(caseId: string, cursor: string | undefined) {
  try {
    return await bodyOf(
      api.GET('/api/v1/images/cases/{caseId}', { params: { path: { caseId }, query: { cursor } } }),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { images: [], next: null };
    throw error;
  }
}

const toViewed = (image: CaseImage): ViewedImage => ({
  id: image.id,
  name: image.fileName,
  type: image.mimeType,
  isReady: image.status === 'ready',
  check: checkOf(image),
  reason: image.statusReason,
  original: `/api/v1/images/${image.id}/proxy`,
  edited: editedPath(image, 2000),
  steps: image.edit?.steps ?? undefined,
  pages: image.pages ?? 1,
  // The list of a case does not tell.
  isAnnotated: true,
  ...(image.width !== null &&
    image.height !== null && { size: { width: image.width, height: image.height } }),
});

/** Downloads from S3 by a signed URL. The browser saves the file under its name. */
async function save(id: string): Promise<void> {
  const { url, fileName } = await bodyOf(
    api.GET('/api/v1/images/{id}/download-url', { params: { path: { id } } }),
  );
  saveFile(url, fileName);
}
