import { useEffect } from 'react';
import { Link } from 'wouter';
import { type Attributes, dayText, textOf } from './dicom-json.ts';
import type { Series } from './series.ts';

interface ExamFactsProps {
  kind: 'Exam' | 'Study';
  series: Series;
  /** Of the image on the stage, once it is there. */
  attributes: Attributes | undefined;
}

/** Whose exam it is, of what and when. */
export function ExamFacts({ kind, series, attributes = {} }: ExamFactsProps) {
  const name = textOf(attributes, '00100010');
  const patientId = textOf(attributes, '00100020');
  const title = textOf(attributes, '00081030') || series.description || series.modality;
  useEffect(() => {
    document.title = [name, title, 'Negatoscope'].filter(Boolean).join(' · ');
  }, [name, title]);
  return (
    <div className="exam-facts">
      <h1>
        <span className="quiet">{kind}</span> {title}
      </h1>
      <p>
        {name && <b dir="auto">{name}</b>}
        {patientId &&
          // Files of other houses have numbers that are no address here.
          (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(patientId) ? (
            <Link href={`/patients/${patientId}`}>{patientId}</Link>
          ) : (
            <span>{patientId}</span>
          ))}
        <span>{dayText(textOf(attributes, '00080020'))}</span>
        {kind === 'Exam' && attributes['0020000D'] && (
          <Link href={`/studies/${series.study}`}>The whole study</Link>
        )}
      </p>
    </div>
  );
}
