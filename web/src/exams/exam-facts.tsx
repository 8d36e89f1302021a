import { useEffect } from 'react';
import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { type Attributes, dayText, textOf } from './dicom-json.ts';
import type { Series } from './series.ts';
import { StudyPatient } from './study-patient.tsx';

interface ExamFactsProps {
  kind: 'exam' | 'study';
  series: Series;
  /** The data set of the shown image, once it is loaded. */
  attributes: Attributes | undefined;
}

/** The patient, subject and date of an exam. */
export function ExamFacts({ kind, series, attributes = {} }: ExamFactsProps) {
  const name = textOf(attributes, '00100010');
  const title = textOf(attributes, '00081030') || series.description || series.modality;
  useEffect(() => {
    document.title = [name, title, 'Negatoscope'].filter(Boolean).join(' · ');
  }, [name, title]);
  return (
    <div className="exam-facts">
      <h1>
        <span className="quiet">{text(`exam-kind.${kind}`)}</span> {title}
      </h1>
      <p>
        <StudyPatient study={series.study} namedInFiles={name} />
        <span>{dayText(textOf(attributes, '00080020'))}</span>
        {kind === 'exam' && attributes['0020000D'] && (
          <Link href={`/studies/${series.study}`}>{text('exams.whole-study')}</Link>
        )}
      </p>
    </div>
  );
}
