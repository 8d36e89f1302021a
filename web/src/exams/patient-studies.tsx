import { useQuery } from '@tanstack/react-query';
import { text } from '../messages/text.ts';
import { FoldedList } from '../parts/folded-list.tsx';
import { readDataSets } from './dicomweb.ts';
import { StudyLinks } from './study-links.tsx';
import { isAssigned } from './study-tags.ts';

const MOST = 100;

/** A patient's DICOM studies. Renders nothing if there are none. */
export function PatientStudies({ patientId }: { patientId: string }) {
  const { data = [] } = useQuery({
    queryKey: ['studies', patientId],
    queryFn: ({ signal }) =>
      readDataSets(
        `/dicom-web/studies?PatientID=${encodeURIComponent(patientId)}&includefield=StudyDescription&limit=${MOST}`,
        signal,
      ),
    // The search also finds the same number of another issuer, which is another person's.
    select: (studies) => studies.filter(isAssigned),
  });
  if (data.length === 0) return null;
  return (
    <FoldedList title={text('exams.list')} total={String(data.length)}>
      <StudyLinks studies={data} />
    </FoldedList>
  );
}
