import { Link } from 'wouter';
import { count } from '../parts/format.ts';
import { SourceMark } from '../parts/source-mark.tsx';
import { type Attributes, dayText, numberOf, textOf, valueText } from './dicom-json.ts';
import { isFromPatient } from './study-tags.ts';
import '../parts/link-list.css';
import './study-links.css';

const day = (study: Attributes) => textOf(study, '00080020');

/** Links to studies, newest first. */
export const StudyLinks = ({ studies }: { studies: readonly Attributes[] }) => (
  <ul className="link-list study-links">
    {studies
      .toSorted((a, b) => day(b).localeCompare(day(a)))
      .map((study) => (
        <li key={textOf(study, '0020000D')}>
          <Link href={`/studies/${textOf(study, '0020000D')}`}>
            <b>{(study['00080061']?.Value ?? []).map(valueText).join(', ') || 'Study'}</b>{' '}
            <span>
              {textOf(study, '00081030') || 'No description'}{' '}
              <SourceMark isFromPatient={isFromPatient(study)} />
            </span>
            <span className="quiet">
              {[dayText(day(study)), count(numberOf(study, '00201208') ?? 0, 'image')]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </Link>
        </li>
      ))}
  </ul>
);
