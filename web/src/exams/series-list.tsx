import { FileText, ImageOff } from 'lucide-react';
import { thumbnails } from '../images/blob-urls.ts';
import { useBlobUrl } from '../images/use-blob-url.ts';
import { text } from '../messages/text.ts';
import { SourceMark } from '../parts/source-mark.tsx';
import { seriesPath } from './dicomweb.ts';
import type { Series } from './series.ts';

interface SeriesListProps {
  list: readonly Series[];
  chosen: Series;
  onChoose: (series: Series) => void;
}

/** The list of series, each with a thumbnail (structured reports have none), a description and its number of images. */
export const SeriesList = ({ list, chosen, onChoose }: SeriesListProps) => (
  <nav className="panel exam-list" aria-label={text('exams.series')}>
    <ul>
      {list.map((each) => (
        <li key={each.series}>
          <SeriesButton
            series={each}
            isChosen={each.series === chosen.series}
            onChoose={() => onChoose(each)}
          />
        </li>
      ))}
    </ul>
  </nav>
);

interface SeriesButtonProps {
  series: Series;
  isChosen: boolean;
  onChoose: () => void;
}

function SeriesButton({ series, isChosen, onChoose }: SeriesButtonProps) {
  const isReport = series.modality === 'SR';
  const path = isReport ? undefined : `${seriesPath(series.study, series.series)}/thumbnail`;
  const { url, failure } = useBlobUrl(thumbnails, path);
  return (
    <button type="button" className="series-button" aria-pressed={isChosen} onClick={onChoose}>
      <span className="series-picture">
        {url && <img src={url} alt="" draggable={false} />}
        {isReport && <FileText size={22} aria-hidden />}
        {failure && <ImageOff size={22} aria-hidden />}
      </span>
      <span className="series-words">
        <span>
          <b>{series.modality || text('exams.other-modality')}</b>{' '}
          <span className="quiet">{text('exams.images', { count: series.count })}</span>
        </span>
        <SourceMark isFromPatient={series.isFromPatient} />
        <span className="series-description">{series.description || text('exams.no-description')}</span>
      </span>
    </button>
  );
}
