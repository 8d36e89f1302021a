import { useEffect } from 'react';
import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import type { ViewerItems } from './viewer-items.ts';

// Cornerstone is almost a megabyte: it is loaded in parallel with the list of images, and on no other page.
const loadViewer = () => import('../dicom-viewer/viewport-view.tsx');
const ViewportView = lazyPart(loadViewer, 'ViewportView', Waiting);

interface SeriesViewerProps {
  /** Its accessible name. */
  name?: string;
  items: ViewerItems;
  index: number;
  onIndex: (change: (index: number) => number) => void;
  /** Whether keys are for it. */
  isActive: boolean;
  /** Called when somebody uses it. */
  onUse: () => void;
}

/** The viewport, once there is something to show. */
export function SeriesViewer({
  name = text('dicom-viewer.viewer'),
  items: { data, error },
  index,
  ...viewer
}: SeriesViewerProps) {
  // A failure is told where the part is shown.
  useEffect(() => void loadViewer().catch(() => undefined), []);
  if (data && data.length > 0) {
    return <ViewportView name={name} items={data} index={Math.min(index, data.length - 1)} {...viewer} />;
  }
  if (!data && !error) return <Waiting name={name} />;
  return (
    <section className="panel exam-stage" aria-label={name}>
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

function Waiting({ name }: { name: string }) {
  return (
    <section className="panel exam-stage" aria-label={name}>
      <Spinner label={text('exams.series-loading')} />
    </section>
  );
}
