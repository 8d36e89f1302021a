import { useEffect } from 'react';
import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { type Attributes, dayText, textOf } from './dicom-json.ts';
import type { Series } from './series.ts';
import { useStudyFacts } from './study-facts.ts';
import { StudyPatient } from './study-patient.tsx';

interface ExamFactsProps {
  kind: 'exam' | 'study';
  series: Pick<Series, 'study' | 'description' | 'modality'>;
  /** What is known of the shown image. */
  attributes: Attributes | undefined;
  /** Whether another view follows as soon as the series are loaded. */
  isLoading?: boolean;
}

/** The patient, subject and date of an exam. */
export function ExamFacts({ kind, series, attributes: ofImage, isLoading = false }: ExamFactsProps) {
  const { data: ofStudy } = useStudyFacts(series.study);
  // The study is known before the image; what the image says of it counts.
  const attributes = { ...ofStudy, ...ofImage };
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
        <StudyPatient study={series.study} namedInFiles={name} isLoading={isLoading} />
        <span>{dayText(textOf(attributes, '00080020'))}</span>
        {kind === 'exam' && ofStudy && (
          <Link href={`/studies/${series.study}`}>{text('exams.whole-study')}</Link>
        )}
      </p>
    </div>
  );
}
