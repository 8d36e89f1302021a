import { Suspense, useEffect } from 'react';
import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import type { ViewerItems } from './viewer-items.ts';

// Cornerstone is almost a megabyte: it is loaded in parallel with the list of images, and on no other page.
const loadViewer = () => import('../dicom-viewer/viewport-view.tsx');
const ViewportView = lazyPart(loadViewer, 'ViewportView');

interface SeriesViewerProps {
  items: ViewerItems;
  index: number;
  onIndex: (change: (index: number) => number) => void;
}

/** The viewport, once there is something to show. */
export function SeriesViewer({ items: { data, error }, index, onIndex }: SeriesViewerProps) {
  // A failure is told where the part is shown.
  useEffect(() => void loadViewer().catch(() => undefined), []);
  if (data && data.length > 0) {
    return (
      <Suspense fallback={<Waiting />}>
        <ViewportView items={data} index={Math.min(index, data.length - 1)} onIndex={onIndex} />
      </Suspense>
    );
  }
  if (!data && !error) return <Waiting />;
  return (
    <section className="panel exam-stage" aria-label={text('dicom-viewer.viewer')}>
      {error ? (
        <Message title={text('exams.series-failed')} tone="bad">
          {explain(error)}
        </Message>
      ) : (
        <Message title={text('exams.series-empty')} />
      )}
    </section>
  );
}

const Waiting = () => (
  <section className="panel exam-stage" aria-label={text('dicom-viewer.viewer')}>
    <Spinner label={text('exams.series-loading')} />
  </section>
);
