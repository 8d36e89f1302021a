import { PanelRight } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { useAddress } from '../links/address.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { ExamFacts } from './exam-facts.tsx';
import type { Series } from './series.ts';
import { SeriesList } from './series-list.tsx';
import { SeriesViewer } from './series-viewer.tsx';
import { useViewerItems } from './viewer-items.ts';
import '../parts/panel.css';
import './exams.css';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';

// Contains the DICOM data dictionary.
const MetadataTable = lazyPart(() => import('./metadata-table.tsx'), 'MetadataTable');

interface ExamViewProps {
  kind: 'exam' | 'study';
  list: readonly Series[];
}

/** The list of series on the left, one of them in the viewport, the attributes of its file on the right. */
export function ExamView({ kind, list }: ExamViewProps) {
  const [{ series: chosen }, set] = useAddress(['series', 'frame']);
  const series = list.find((each) => each.series === chosen) ?? list[0];
  if (!series) return null;
  const choose = (each: string) => set({ series: each, frame: undefined });
  return <OpenedSeries kind={kind} list={list} series={series} onChoose={choose} />;
}

const ADDRESS_DELAY_MS = 300;

interface OpenedSeriesProps extends ExamViewProps {
  series: Series;
  onChoose: (series: string) => void;
}

function OpenedSeries({ kind, list, series, onChoose }: OpenedSeriesProps) {
  const items = useViewerItems(series);
  const [{ frame }, set] = useAddress(['frame']);
  const [at, setAt] = useState({ series: series.series, index: Math.max(0, (Number(frame) || 1) - 1) });
  const [showsMetadata, setShowsMetadata] = useState(() => matchMedia('(min-width: 1100px)').matches);
  // Each series starts with its first image.
  const index = at.series === series.series ? at.index : 0;
  useEffect(() => {
    const shown = index === 0 ? undefined : String(index + 1);
    // After the wheel has stopped: browsers take some hundred changes of the address at a time.
    const timer = setTimeout(() => shown !== frame && set({ frame: shown }), ADDRESS_DELAY_MS);
    return () => clearTimeout(timer);
  });
  const item = items.data?.[index];
  const shown = item?.kind === 'frame' ? item.frame : undefined;
  return (
    <main className={`exam ${showsMetadata && shown ? 'has-metadata' : ''}`}>
      <div className="exam-head">
        <ExamFacts kind={kind} series={series} attributes={shown?.attributes} />
        {shown && (
          <button
            type="button"
            className="button small"
            aria-pressed={showsMetadata}
            onClick={() => setShowsMetadata(!showsMetadata)}
          >
            <PanelRight size={16} aria-hidden /> {text('exams.metadata')}
          </button>
        )}
      </div>
      <div className="exam-split">
        <SeriesList list={list} chosen={series} onChoose={(each) => onChoose(each.series)} />
        <SeriesViewer
          key={series.series}
          items={items}
          index={index}
          onIndex={(change) =>
            setAt((now) => ({
              series: series.series,
              index: change(now.series === series.series ? now.index : 0),
            }))
          }
        />
        {showsMetadata && shown && (
          <aside className="panel exam-metadata" aria-label={text('exams.metadata')}>
            {shown.isComplete ? (
              <Suspense fallback={<MetadataWaiting />}>
                <MetadataTable attributes={shown.attributes} />
              </Suspense>
            ) : items.error ? (
              <Message title={text('exams.series-failed')} tone="bad">
                {explain(items.error)}
              </Message>
            ) : (
              <MetadataWaiting />
            )}
          </aside>
        )}
      </div>
    </main>
  );
}

const MetadataWaiting = () => <Spinner label={text('exams.metadata-loading')} />;
