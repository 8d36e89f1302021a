import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { DisclosureGroup } from 'react-aria-components';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { PatientStudies } from '../exams/patient-studies.tsx';
import { useRefetchInterval } from '../news/news-provider.tsx';
import { count } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useSession } from '../session/session-provider.tsx';
import { BatchItem } from './batch-item.tsx';
import { BatchNameDialog } from './batch-name-dialog.tsx';
import { useBatches } from './batches.ts';
import { ImageSearch } from './image-search.tsx';
import { PatientViewer } from './patient-viewer.tsx';
import './patient-page.css';

/** What is looked at: an image, and the list in which the arrows go. */
export interface Looked {
  image: Image;
  /** None means found by a search. */
  batchId: string | undefined;
}

/** A patient's images: their batches on the left, the one that is looked at on the right. */
export function PatientPage({ patientId }: { patientId: string }) {
  const { person } = useSession();
  const batches = useBatches(patientId);
  const [open, setOpen] = useState<string>();
  const [isCreating, setCreating] = useState(false);
  const [looked, setLooked] = useState<Looked>();
  const list = batches.data?.pages.flatMap((page) => page.batches) ?? [];

  useEffect(() => {
    document.title = `${patientId} · Negatoscope`;
  }, [patientId]);

  return (
    <main className={`patient ${looked ? 'has-image' : ''}`}>
      <div className="patient-head">
        <h1>
          <span className="quiet">{person.role === 'patient' ? 'Your images' : 'Patient'}</span> {patientId}
        </h1>
        <Badges patientId={patientId} />
      </div>
      <div className="patient-split">
        <section className="patient-list" aria-label="Batches">
          <div className="patient-actions">
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Plus size={18} aria-hidden /> New batch
            </button>
          </div>
          <PatientStudies patientId={patientId} />
          <ImageSearch
            patientId={patientId}
            onShow={(image) => setLooked({ image, batchId: undefined })}
            shownId={looked?.image.id}
          >
            {batches.isPending && <Spinner label="Loading the batches" />}
            {batches.isError && (
              <Message title="The batches cannot be shown" tone="bad">
                {explain(batches.error)}
              </Message>
            )}
            {batches.isSuccess && list.length === 0 && (
              <Message title="No images yet">
                Make a batch, such as one for today’s visit, and drop images into it.
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
                  onShow={(image) => setLooked({ image, batchId: batch.id })}
                />
              ))}
            </DisclosureGroup>
            {batches.hasNextPage && (
              <button type="button" className="button" onClick={() => batches.fetchNextPage()}>
                Older batches
              </button>
            )}
          </ImageSearch>
        </section>
        <section className="patient-view" aria-label="Viewer">
          {looked ? (
            <PatientViewer looked={looked} onLook={setLooked} />
          ) : (
            <Message title="Nothing on the light box">Choose an image to see it here.</Message>
          )}
        </section>
      </div>
      {isCreating && (
        <BatchNameDialog
          title="New batch"
          action="Create batch"
          patientId={patientId}
          onDone={(id) => setOpen(id)}
          onClose={() => setCreating(false)}
        />
      )}
    </main>
  );
}

/** How many batches, in blue, and how many images, in red. */
function Badges({ patientId }: { patientId: string }) {
  const { data } = useQuery({
    queryKey: ['summary', patientId],
    queryFn: () =>
      bodyOf(api.GET('/api/patients/{id}/image-summary', { params: { path: { id: patientId } } })),
    refetchInterval: useRefetchInterval(),
  });
  if (!data) return null;
  return (
    <div className="badges" role="status">
      <span className="badge blue">
        <span className="hidden">{data.batches === 1 ? '1 batch' : `${data.batches} batches`}</span>
        <span aria-hidden>{data.batches}</span>
      </span>
      <span className="badge red">
        <span className="hidden">{count(data.images, 'image')}</span>
        <span aria-hidden>{data.images}</span>
      </span>
    </div>
  );
}
