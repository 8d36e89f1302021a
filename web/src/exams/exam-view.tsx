import { Columns2, PanelRight } from 'lucide-react';
import { useState } from 'react';
import { useAddress } from '../links/address.ts';
import { text } from '../messages/text.ts';
import { BesideBar } from './beside/beside-bar.tsx';
import { useOtherSeries } from './beside/other-series.ts';
import { SeriesPair } from './beside/series-pair.tsx';
import { usePositions } from './beside/use-positions.ts';
import { ExamFacts } from './exam-facts.tsx';
import { MetadataPanel } from './metadata-panel.tsx';
import type { Series } from './series.ts';
import { SeriesList } from './series-list.tsx';
import { useViewerItems } from './viewer-items.ts';
import '../parts/panel.css';
import './exams.css';

interface ExamViewProps {
  kind: 'exam' | 'study';
  list: readonly Series[];
}

/** The list of series on the left, one of them in the viewport, the attributes of its file on the right, or a second series. */
export function ExamView({ kind, list }: ExamViewProps) {
  const [{ series: chosen, beside }, set] = useAddress(['series', 'frame', 'beside']);
  const series = list.find((each) => each.series === chosen) ?? list[0];
  if (!series) return null;
  const choose = (each: string) =>
    set({ series: each, frame: undefined, ...(each === beside && { beside: undefined }) });
  return <OpenedSeries kind={kind} list={list} series={series} onChoose={choose} />;
}

interface OpenedSeriesProps extends ExamViewProps {
  series: Series;
  onChoose: (series: string) => void;
}

function OpenedSeries({ kind, list, series, onChoose }: OpenedSeriesProps) {
  const items = useViewerItems(series);
  const beside = useBeside(series, list);
  const besideItems = useViewerItems(beside.series);
  const positions = usePositions({ series, items }, { series: beside.series, items: besideItems });
  const [showsMetadata, setShowsMetadata] = useState(() => matchMedia('(min-width: 1100px)').matches);
  const item = items.data?.[positions.first];
  const shown = item?.kind === 'frame' ? item.frame : undefined;
  const hasMetadata = showsMetadata && shown !== undefined && !beside.isOpen;
  return (
    <main className={`exam ${hasMetadata ? 'has-metadata' : ''}`}>
      <div className="exam-head">
        <ExamFacts kind={kind} series={series} attributes={shown?.attributes} />
        <div className="exam-actions">
          <button
            type="button"
            className="button small"
            aria-pressed={beside.isOpen}
            onClick={beside.isOpen ? beside.close : beside.open}
          >
            <Columns2 size={16} aria-hidden /> {text('viewer.compare')}
          </button>
          {shown && !beside.isOpen && (
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
      </div>
      <div className="exam-split">
        <SeriesList list={list} chosen={series} onChoose={(each) => onChoose(each.series)} />
        <SeriesPair
          bar={
            beside.isOpen && (
              <BesideBar
                studies={beside.studies}
                error={beside.error}
                chosen={beside.series}
                onChoose={beside.choose}
                positions={positions}
                onClose={beside.close}
              />
            )
          }
          series={[series.series, beside.series?.series]}
          items={[items, besideItems]}
          positions={positions}
        />
        {hasMetadata && <MetadataPanel frame={shown} error={items.error} />}
      </div>
    </main>
  );
}

/** The series that is shown beside this one; it is in the address. */
function useBeside(series: Series, list: readonly Series[]) {
  const [{ beside }, set] = useAddress(['beside', 'besideFrame', 'unlinked']);
  const [isOpened, setOpened] = useState(false);
  const isOpen = isOpened || beside !== undefined;
  const { studies, error } = useOtherSeries(series, list, isOpen);
  const choose = (chosen: string | undefined) =>
    set({ beside: chosen, besideFrame: undefined, unlinked: undefined });
  return {
    isOpen,
    studies,
    error,
    series: studies.flatMap((each) => each.list).find((each) => each.series === beside),
    choose,
    open: () => setOpened(true),
    close: () => {
      setOpened(false);
      choose(undefined);
    },
  };
}
