import { Link } from 'wouter';
import { SourceMark } from '../parts/source-mark.tsx';
import { type Attributes, dayText, numberOf, textOf, valueText } from './dicom-json.ts';
import { isFromPatient } from './study-tags.ts';
import '../parts/link-list.css';
import './study-links.css';
import { text } from '../messages/text.ts';

const day = (study: Attributes) => textOf(study, '00080020');

/** Links to studies, newest first. */
export const StudyLinks = ({ studies }: { studies: readonly Attributes[] }) => (
  <ul className="link-list study-links">
    {studies
      .toSorted((a, b) => day(b).localeCompare(day(a)))
      .map((study) => (
        <li key={textOf(study, '0020000D')}>
          <Link href={`/studies/${textOf(study, '0020000D')}`}>
            <b>{(study['00080061']?.Value ?? []).map(valueText).join(', ') || text('exam-kind.study')}</b>{' '}
            <span>
              {textOf(study, '00081030') || text('exams.no-description')}{' '}
              <SourceMark isFromPatient={isFromPatient(study)} />
            </span>
            <span className="quiet">
              {[dayText(day(study)), text('exams.images', { count: numberOf(study, '00201208') ?? 0 })]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </Link>
        </li>
      ))}
  </ul>
);
