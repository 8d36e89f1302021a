import { useQuery } from '@tanstack/react-query';
import { text } from '../messages/text.ts';
import { readDataSets } from './dicomweb.ts';
import { StudyLinks } from './study-links.tsx';
import { UNASSIGNED } from './study-tags.ts';

const MOST = 100;

/** Studies that are not assigned to a patient. Renders nothing if there are none. */
export function UnassignedStudies() {
  const { data = [] } = useQuery({
    queryKey: ['studies', 'unassigned'],
    queryFn: ({ signal }) =>
      readDataSets(`/dicom-web/studies?${UNASSIGNED}&includefield=StudyDescription&limit=${MOST}`, signal),
  });
  if (data.length === 0) return null;
  return (
    <section className="card" aria-label={text('exams.unassigned')}>
      <h2>{text('exams.unassigned')}</h2>
      <p className="quiet">{text('exams.unassigned-note')}</p>
      <StudyLinks studies={data} />
    </section>
  );
}
