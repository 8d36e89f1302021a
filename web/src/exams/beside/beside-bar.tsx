import { Link2, Link2Off, X } from 'lucide-react';
import { explain } from '../../api/api-error.ts';
import { text } from '../../messages/text.ts';
import { IconButton } from '../../parts/icon-button.tsx';
import type { Series } from '../series.ts';
import type { StudyOfSeries } from './other-series.ts';
import type { Positions } from './use-positions.ts';

interface BesideBarProps {
  studies: readonly StudyOfSeries[];
  /** Why the other studies could not be listed. */
  error: unknown;
  chosen: Series | undefined;
  onChoose: (series: string | undefined) => void;
  positions: Positions;
  onClose: () => void;
}

/** Chooses the second series, and whether it follows the first. */
export function BesideBar({ studies, error, chosen, onChoose, positions, onClose }: BesideBarProps) {
  const { link } = positions;
  return (
    <div className="panel beside-bar">
      <label>
        <span>{text('viewer.second-series')}</span>{' '}
        <select value={chosen?.series ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
          <option value="">{text('viewer.choose-series')}</option>
          {studies.map((each) => (
            <optgroup key={each.study} label={titleOf(each)}>
              {each.list.map((series) => (
                <option key={series.series} value={series.series}>
                  {labelOf(series)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {Boolean(error) && <span role="alert">{explain(error)}</span>}
      {chosen && (
        <button
          type="button"
          className="button small"
          aria-pressed={link !== undefined}
          onClick={positions.toggleLink}
          title={text('viewer.link-note')}
        >
          {link ? <Link2 size={16} aria-hidden /> : <Link2Off size={16} aria-hidden />} {text('viewer.link')}
        </button>
      )}
      {chosen && link && <span className="quiet">{text(`viewer-link.${link}`)}</span>}
      <IconButton icon={X} onClick={onClose} label={text('viewer.close-second')} />
    </div>
  );
}

const titleOf = ({ day, description }: StudyOfSeries): string =>
  day === undefined
    ? text('viewer.this-study')
    : [day, description].filter(Boolean).join(' · ') || text('exam-kind.study');

const labelOf = ({ modality, description, count }: Series): string =>
  [
    modality || text('exams.other-modality'),
    description || text('exams.no-description'),
    text('exams.images', { count }),
  ].join(' · ');
