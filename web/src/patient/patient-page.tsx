import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { DisclosureGroup } from 'react-aria-components';
import { Link } from 'wouter';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { PatientData } from '../archive/patient-data.tsx';
import { BatchItem } from '../batches/batch-item.tsx';
import { BatchNameDialog } from '../batches/batch-name-dialog.tsx';
import { useBatches } from '../batches/batches.ts';
import { PatientCases } from '../cases/patient-cases.tsx';
import { PatientStudies } from '../exams/patient-studies.tsx';
import { EmptyViewer } from '../images/empty-viewer.tsx';
import { usePatientPlace } from '../links/patient-place.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';
import { useShownPatient } from '../live-updates/use-shown-patient.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { formatNumber } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { PatientBanner } from '../patient-banner/patient-banner.tsx';
import { useSession } from '../session/session-provider.tsx';
import { useView, VIEWS, type View } from './gallery/use-view.ts';
import { ImageSearch } from './image-search.tsx';
import { PatientViewer } from './patient-viewer.tsx';
import '../parts/panel.css';
import './patient-page.css';
import { lazyPart } from '../parts/lazy-part.ts';

const PatientCompare = lazyPart(
  () => import('../compare/patient-compare.tsx'),
  'PatientCompare',
  () => <Spinner label={text('patient-page.loading-comparison')} />,
);

const Gallery = lazyPart(
  () => import('./gallery/gallery.tsx'),
  'Gallery',
  () => <Spinner label={text('patient-page.loading-gallery')} />,
);

/** A patient's images: batches on the left, the selected image on the right; or all of them across the page. */
export function PatientPage({ patientId }: { patientId: string }) {
  useShownPatient(patientId);
  const batches = useBatches(patientId);
  const { person } = useSession();
  const [view, setView] = useView();
  /** The images of the gallery, through which the arrow keys go. */
  const [among, setAmong] = useState<Image[]>([]);
  const { open, setOpen, looked, look, pair, mode, setPair, endComparison } = usePatientPlace();
  const [isCreating, setCreating] = useState(false);
  const list = batches.data?.pages.flatMap((page) => page.batches) ?? [];

  useEffect(() => {
    document.title = `${patientId} · Negatoscope`;
  }, [patientId]);

  return (
    <main className={`patient ${pair ? 'has-pair' : looked ? 'has-image' : ''}`}>
      <div className="patient-head">
        <PatientBanner patientId={patientId} />
        <Badges patientId={patientId} />
        <PatientData patientId={patientId} />
        <div className="patient-tools">
          <select
            aria-label={text('patient-page.view')}
            title={text('patient-page.view')}
            value={view}
            onChange={({ target }) => setView(target.value as View)}
          >
            {VIEWS.map((each) => (
              <option key={each} value={each}>
                {text(`patient-view.${each}`)}
              </option>
            ))}
          </select>
          {person.mayDelete && (
            <Link className="button small" href={`/patients/${encodeURIComponent(patientId)}/trash`}>
              <Trash2 size={16} aria-hidden /> {text('patient-page.trash')}
            </Link>
          )}
        </div>
      </div>
      <div className={`patient-split ${view === 'batches' ? '' : 'has-gallery'}`}>
        {view !== 'batches' && (
          <section
            className="panel patient-gallery"
            aria-label={text('patient-page.gallery')}
            inert={looked !== undefined || pair !== undefined}
          >
            <Gallery
              patientId={patientId}
              grouping={view}
              shownId={looked?.image.id}
              onShow={(image) => look({ image, batchId: undefined })}
              onList={setAmong}
              onCompare={setPair}
            />
          </section>
        )}
        {view === 'batches' && (
          <section className="panel patient-list" aria-label={text('batches.list')}>
            <div className="patient-actions">
              <button type="button" className="button primary" onClick={() => setCreating(true)}>
                <Plus size={18} aria-hidden /> {text('batches.new')}
              </button>
            </div>
            <PatientCases patientId={patientId} />
            <PatientStudies patientId={patientId} />
            <ImageSearch
              patientId={patientId}
              onShow={(image) => look({ image, batchId: undefined })}
              shownId={looked?.image.id}
            >
              <QueryStatus what="batches" answer={batches} />
              {batches.isSuccess && list.length === 0 && (
                <Message title={text('patient-page.empty')}>
                  {text('patient-page.empty-hint')}
                  {pageConfig().onLaptop && (
                    <> {richText('patient-page.sample-data', { code: (words) => <code>{words}</code> })}</>
                  )}
                </Message>
              )}
              <DisclosureGroup
                className="batch-list"
                expandedKeys={open === undefined ? [] : [open]}
                onExpandedChange={(keys) => setOpen(keys.size === 0 ? undefined : String([...keys][0]))}
              >
                {list.map((batch) => (
                  <BatchItem
                    key={batch.id}
                    batch={batch}
                    isOpen={open === batch.id}
                    shownId={looked?.image.id}
                    onShow={(image) => look({ image, batchId: batch.id })}
                    onCompare={setPair}
                  />
                ))}
              </DisclosureGroup>
              {batches.hasNextPage && (
                <button type="button" className="button" onClick={() => batches.fetchNextPage()}>
                  {text('batches.older')}
                </button>
              )}
            </ImageSearch>
            <Summary patientId={patientId} />
          </section>
        )}
        {(view === 'batches' || pair || looked) && (
          <section className="panel patient-view" aria-label={text('images.viewer')}>
            {pair ? (
              <PatientCompare
                key={pair.toSorted().join()}
                {...{ patientId, pair, mode }}
                onChange={setPair}
                onClose={endComparison}
              />
            ) : looked ? (
              <PatientViewer
                patientId={patientId}
                looked={view === 'batches' ? looked : { ...looked, among }}
                onLook={look}
                onCompare={setPair}
              />
            ) : (
              <EmptyViewer />
            )}
          </section>
        )}
      </div>
      {isCreating && (
        <BatchNameDialog
          title={text('batches.new')}
          action={text('batches.create')}
          patientId={patientId}
          onDone={(id) => setOpen(id)}
          onClose={() => setCreating(false)}
        />
      )}
    </main>
  );
}

/** The current number of batches and images of the patient. While all batches are listed, it is the sum of their numbers. */
function useSummary(patientId: string) {
  const batches = useBatches(patientId);
  const isWhole = batches.data !== undefined && !batches.hasNextPage;
  const { data: asked } = useQuery({
    queryKey: ['summary', patientId],
    queryFn: () =>
      bodyOf(api.GET('/api/patients/{id}/image-summary', { params: { path: { id: patientId } } })),
    refetchInterval: useRefetchInterval(),
    enabled: batches.data !== undefined && !isWhole,
  });
  const listed = batches.data?.pages.flatMap((page) => page.batches) ?? [];
  const images = listed.reduce((sum, batch) => sum + batch.image_count, 0);
  const data = isWhole ? { batches: listed.length, images } : asked;
  return data && { ...data, words: wordsOf(data) };
}

const wordsOf = ({ batches, images }: { batches: number; images: number }) =>
  [text('patient-page.batch-count', { count: batches }), text('images.count', { count: images })] as const;

/** The number of batches in blue, and of images in red. */
function Badges({ patientId }: { patientId: string }) {
  const summary = useSummary(patientId);
  if (!summary) return null;
  const [batches, images] = summary.words;
  return (
    <div className="badges" role="status">
      <span className="badge blue" title={batches}>
        <span className="hidden">{batches}</span>
        <span aria-hidden>{formatNumber(summary.batches)}</span>
      </span>
      <span className="badge red" title={images}>
        <span className="hidden">{images}</span>
        <span aria-hidden>{formatNumber(summary.images)}</span>
      </span>
    </div>
  );
}

/** The same counts in words, below the list. */
function Summary({ patientId }: { patientId: string }) {
  const summary = useSummary(patientId);
  return <footer className="patient-foot">{summary?.words.join(' · ')}</footer>;
}
