import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { FoldedList } from '../parts/folded-list.tsx';
import { count } from '../parts/format.ts';
import { type Attributes, dayText, numberOf, textOf, valueText } from './dicom-json.ts';
import { readDataSets } from './dicomweb.ts';
import '../parts/link-list.css';
import './patient-studies.css';

const MOST = 100;

/** A patient's DICOM studies, newest first; nothing where there are none. */
export function PatientStudies({ patientId }: { patientId: string }) {
  const { data = [] } = useQuery({
    queryKey: ['studies', patientId],
    queryFn: ({ signal }) =>
      readDataSets(
        `/dicom-web/studies?PatientID=${encodeURIComponent(patientId)}&includefield=StudyDescription&limit=${MOST}`,
        signal,
      ),
  });
  if (data.length === 0) return null;
  const day = (study: Attributes) => textOf(study, '00080020');
  return (
    <FoldedList title="Exams and studies" total={String(data.length)}>
      <ul className="link-list patient-studies">
        {data
          .toSorted((a, b) => day(b).localeCompare(day(a)))
          .map((study) => (
            <li key={textOf(study, '0020000D')}>
              <Link href={`/studies/${textOf(study, '0020000D')}`}>
                <b>{(study['00080061']?.Value ?? []).map(valueText).join(', ') || 'Study'}</b>{' '}
                <span>{textOf(study, '00081030') || 'No description'}</span>
                <span className="quiet">
                  {[dayText(day(study)), count(numberOf(study, '00201208') ?? 0, 'image')]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </Link>
            </li>
          ))}
      </ul>
    </FoldedList>
  );
}
