import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ApiError, explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { CaseImage, EyeSide } from '../api/types.ts';
import { CATEGORY_LABELS } from '../images/categories.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { type ViewedImage, Viewer } from '../images/viewer.tsx';
import { useRefetchInterval } from '../news/news-provider.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { count, formatTime } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useSession } from '../session/session-provider.tsx';
import { DropZone } from '../uploads/drop-zone.tsx';
import { UploadList } from '../uploads/upload-list.tsx';
import type { UploadTarget } from '../uploads/upload-record.ts';
import '../patient/patient-page.css';
import './case-page.css';

const SIDES: Record<EyeSide, string> = { left: 'Left', right: 'Right', both: 'Both', unknown: 'Unknown' };

/** The images of a case, with their eye sides and days of capture. */
export function CasePage({ caseId }: { caseId: string }) {
  const { person } = useSession();
  const queries = useQueryClient();
  const [shownId, setShownId] = useState<string>();
  const [asks, setAsks] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['case', caseId],
    queryFn: ({ pageParam: cursor }) => readCase(caseId, cursor),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
  const images =
    list.data?.pages.flatMap((page) => page.images.filter(({ status }) => status !== 'pending')) ?? [];
  const index = images.findIndex(({ id }) => id === shownId);
  const shown = images[index];
  const viewed = (at: number) => images[at] && toViewed(images[at]);
  const remove = async (id: string) => {
    await api.DELETE('/api/v1/images/{id}', { params: { path: { id } } });
    await queries.invalidateQueries({ queryKey: ['case', caseId] });
  };

  return (
    <main className={`patient ${shown ? 'has-image' : ''}`}>
      <div className="patient-head">
        <h1>
          <span className="quiet">Case</span> {caseId}
        </h1>
        {images.length > 0 && <span className="quiet">{count(images.length, 'image')}</span>}
      </div>
      <div className="patient-split">
        <section className="patient-list" aria-label="Images of the case">
          <div className="scroller case-list">
            <CaseUpload caseId={caseId} patientId={images[0]?.patientId ?? undefined} />
            {list.isPending && <Spinner label="Loading the case" />}
            {list.isError && (
              <Message title="The case cannot be shown" tone="bad">
                {explain(list.error)}
              </Message>
            )}
            {list.isSuccess && images.length === 0 && (
              <p className="quiet empty">No images in this case yet.</p>
            )}
            <ul className="case-images">
              {images.map((image) => (
                <li key={image.id}>
                  <button
                    type="button"
                    className={image.id === shownId ? 'shown' : ''}
                    onClick={() => setShownId(image.id)}
                    aria-label={`Show ${image.fileName}`}
                  >
                    <Thumbnail
                      id={image.id}
                      signedUrl={image.thumbnailUrl}
                      isReady={image.status === 'ready'}
                    />
                    <span className="case-name">{image.fileName}</span>
                    <span className="quiet">
                      {image.status === 'ready'
                        ? `Eye: ${SIDES[image.eyeSide].toLowerCase()}`
                        : image.statusReason}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            {list.hasNextPage && (
              <button type="button" className="button" onClick={() => list.fetchNextPage()}>
                More images
              </button>
            )}
          </div>
        </section>
        <section className="patient-view" aria-label="Viewer">
          {shown ? (
            <Viewer
              image={toViewed(shown)}
              previous={viewed(index - 1)}
              next={viewed(index + 1)}
              onShow={({ id }) => setShownId(id)}
              onDelete={person.mayDelete ? () => setAsks(true) : undefined}
              onClose={() => setShownId(undefined)}
            >
              <b className="viewer-category">Eye: {SIDES[shown.eyeSide].toLowerCase()}</b>
              <span>{CATEGORY_LABELS[shown.category]}</span>
              {shown.width !== null && (
                <span>
                  {shown.width} × {shown.height}
                </span>
              )}
              <span>
                {shown.capturedAt
                  ? `captured ${formatTime(shown.capturedAt)}`
                  : `uploaded ${formatTime(shown.uploadedAt)}`}
              </span>
            </Viewer>
          ) : (
            <Message title="Nothing on the light box">Choose an image to see it here.</Message>
          )}
        </section>
      </div>
      {asks && shown && (
        <Confirm
          title="Delete image?"
          action="Delete image"
          onClose={() => setAsks(false)}
          onConfirm={() => remove(shown.id)}
        >
          “{shown.fileName}” will be deleted.
        </Confirm>
      )}
    </main>
  );
}

/** A case begins with its first image: until then there is none, which is no failure here. */
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

function CaseUpload({ caseId, patientId: known }: { caseId: string; patientId: string | undefined }) {
  const { person } = useSession();
  const [written, setWritten] = useState('');
  const [eyeSide, setEyeSide] = useState<EyeSide>('unknown');
  const [capturedAt, setCapturedAt] = useState('');
  const patientId = person.patientId ?? known ?? (written.trim() || undefined);
  const target = useMemo(
    (): UploadTarget => ({
      kind: 'case',
      id: caseId,
      patientId,
      eyeSide,
      capturedAt: capturedAt ? new Date(capturedAt).toISOString() : undefined,
    }),
    [caseId, patientId, eyeSide, capturedAt],
  );
  useEffect(() => {
    document.title = `${caseId} · Negatoscope`;
  }, [caseId]);
  return (
    <div className="case-upload">
      <div className="case-fields">
        {!person.patientId && !known && (
          <label className="wide">
            Patient number
            <input value={written} onChange={({ target }) => setWritten(target.value)} placeholder="P-1001" />
          </label>
        )}
        <label>
          Eye
          <select value={eyeSide} onChange={({ target }) => setEyeSide(target.value as EyeSide)}>
            {Object.entries(SIDES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          Captured
          <input
            type="datetime-local"
            value={capturedAt}
            onChange={({ target }) => setCapturedAt(target.value)}
          />
        </label>
      </div>
      {patientId ? (
        <DropZone target={target} />
      ) : (
        <p className="quiet">Say whose case it is; then its images can be uploaded.</p>
      )}
      <UploadList targetId={caseId} />
    </div>
  );
}

const toViewed = (image: CaseImage): ViewedImage => ({
  id: image.id,
  name: image.fileName,
  type: image.mimeType,
  isReady: image.status === 'ready',
  reason: image.statusReason,
});
